using RlOffload.Environment;

namespace RlOffload.Inference.Policies;

/// <param name="Vectors">Replayed.</param>
/// <param name="WorstError">Largest error of a logit of an allowed plan over its tolerance of 1; beyond 1 the replay fails.</param>
/// <param name="Problems">Empty where every vector gave its plan and its logits.</param>
public sealed record ReplayReport(int Vectors, double WorstError, IReadOnlyList<string> Problems);

/// <summary>Asks what decides in a policy's folder what was asked when it was written, and compares plans and logits.</summary>
public static class GoldenReplay
{
    public const double Tolerance = 1e-4;

    /// <summary>Sums of float32 in another order move a logit near 0 by a few units of rounding of the largest one.</summary>
    private const double Floor = 2e-6;

    public static ReplayReport Run(IPolicyFunction session, IReadOnlyList<GoldenVector> golden)
    {
        var problems = new List<string>();
        var worst = 0.0;
        for (var i = 0; i < golden.Count; i++)
        {
            var vector = golden[i];
            vector.Observation.ToArray().CopyTo(session.Observation, 0);
            for (var p = 0; p < vector.Mask.Length; p++)
                session.Mask[p] = vector.Mask[p] - '0';
            vector.Prior?.ToArray().CopyTo(session.Prior, 0);
            session.Run();
            if (session.Best() is var plan && plan != vector.Plan)
                problems.Add($"golden[{i}].plan: the graph chooses {plan}, recorded is {vector.Plan}");
            var allowed = Enumerable.Range(0, vector.Mask.Length).Where(p => vector.Mask[p] == '1').ToList();
            var scale = allowed.Max(p => Math.Abs((double)vector.Logits[p]));
            foreach (var p in allowed)
            {
                var error = Math.Abs((double)session.Logits[p] - vector.Logits[p]) / (Tolerance * Math.Abs((double)vector.Logits[p]) + Floor * scale);
                worst = Math.Max(worst, double.IsNaN(error) ? double.PositiveInfinity : error);
                if (!(error <= 1))
                    problems.Add($"golden[{i}].logits[{p}]: the graph gives {session.Logits[p]}, recorded is {vector.Logits[p]}, allowed is a difference of {Tolerance} of it");
            }
            foreach (var p in Enumerable.Range(0, vector.Mask.Length).Where(p => vector.Mask[p] == '0'))
                if (!(session.Logits[p] < allowed.Min(a => session.Logits[a])))
                    problems.Add($"golden[{i}].logits[{p}]: the graph gives {session.Logits[p]} to a plan that the mask forbids, allowed is less than every allowed plan's");
        }
        return new ReplayReport(golden.Count, worst, problems);
    }
}
