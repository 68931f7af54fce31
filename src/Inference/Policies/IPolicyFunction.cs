using RlOffload.Environment;
using RlOffload.Inference.Policies.Distilled;

namespace RlOffload.Inference.Policies;

/// <summary>What decides in a frozen policy: the kinds of files that it may come as.</summary>
public enum PolicyForm : byte
{
    /// <summary>policy.onnx, by a <see cref="PolicyEngine"/>.</summary>
    Onnx,

    /// <summary>policy.tree: a decision tree that was distilled from an agent.</summary>
    Tree,

    /// <summary>policy.table: a lookup table that was distilled from an agent.</summary>
    Table,
}

/// <summary>
/// An observation in, a logit a plan out, in memory that is filled and read in place. Running it allocates nothing. Not safe for several threads at once.
/// </summary>
public interface IPolicyFunction : IDisposable
{
    /// <summary>[n], <see cref="ObservationLayout.Fields"/>.</summary>
    float[] Observation { get; }

    /// <summary>[A]: 1 allowed, 0 not.</summary>
    float[] Mask { get; }

    /// <summary>[A]; empty where the function takes none.</summary>
    float[] Prior { get; }

    /// <summary>[A], those of the last <see cref="Run"/>; of a plan that the mask forbids, less than of all others.</summary>
    float[] Logits { get; }

    void Run();
}

public static class PolicyFunction
{
    /// <param name="file">Content of <see cref="FrozenPolicyFile.NameOf"/>.</param>
    /// <param name="source">For messages: where it comes from.</param>
    /// <param name="engine">Of a graph; trees and tables need none.</param>
    /// <exception cref="InputException">The file is refused, or is not of this policy's shape.</exception>
    public static IPolicyFunction Open(byte[] file, string source, FrozenPolicy policy, PolicyEngine engine = PolicyEngine.Ort) => policy.Form != PolicyForm.Onnx ? RegionPolicy.Read(file, source, policy) : engine switch
    {
        PolicyEngine.BuiltIn => new BuiltInPolicy(file, source, policy),
        PolicyEngine.Auto when Proven(file, source, policy) is { } own => own,
        _ => new PolicySession(file, source, policy),
    };

    /// <summary>Null where the built-in executor cannot run the graph, or does not decide as it did when it was exported.</summary>
    private static BuiltInPolicy? Proven(byte[] file, string source, FrozenPolicy policy)
    {
        try
        {
            var own = new BuiltInPolicy(file, source, policy);
            return GoldenReplay.Run(own, policy.Golden).Problems.Count == 0 ? own : null;
        }
        catch (InputException)
        {
            return null;
        }
    }

    /// <summary>The allowed plan of the highest logit, the first of equals; -1 where none is allowed or a logit among the allowed is not finite.</summary>
    public static int Best(this IPolicyFunction function)
    {
        var (mask, logits) = (function.Mask, function.Logits);
        var best = -1;
        for (var p = 0; p < logits.Length; p++)
        {
            if (mask[p] == 0)
                continue;
            if (!float.IsFinite(logits[p]))
                return -1;
            if (best < 0 || logits[p] > logits[best])
                best = p;
        }
        return best;
    }
}
