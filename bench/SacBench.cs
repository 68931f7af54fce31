using RlOffload.Agents.Learning;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Training.Benchmarks;
using Spectre.Console;

namespace RlOffload.Bench;

/// <summary>Updates and decisions of the learner at the size of the offloading problem: 40 observations, 60 actions.</summary>
internal static class SacBench
{
    private const int Observations = 40;
    private const int Actions = 60;

    public static void Run()
    {
        var replay = Fill();
        var mask = new bool[Actions];
        Array.Fill(mask, true);
        var observation = new float[Observations];
        var table = new Table().AddColumns("hidden", "ms/update", "scalar ms/update", "ratio", "without Q-clip ms", "us/decision");
        foreach (var width in new[] { 64, 128, 256 })
        {
            var options = new SacOptions { Hidden = [width, width] };
            var vector = new DiscreteSac(Observations, Actions, options, 1);
            var scalar = new DiscreteSac(Observations, Actions, options, 1, new ScalarProduct());
            var plain = new DiscreteSac(Observations, Actions, options with { QClip = 0 }, 1);
            var rng = new Rng(1);
            var ms = Rounds.Median(7, 200,
                () => vector.Update(replay), () => scalar.Update(replay), () => plain.Update(replay),
                () => vector.Act(observation, mask, ref rng, greedy: true));
            table.AddRow($"2x{width}", $"{ms[0]:F3}", $"{ms[1]:F1}", $"{ms[1] / ms[0]:F1}x", $"{ms[2]:F3}", $"{1000 * ms[3]:F2}");
        }
        AnsiConsole.MarkupLine($"{Observations} observations, {Actions} actions, batch 256, twin critics; vectors of {System.Numerics.Vector<float>.Count} floats");
        AnsiConsole.Write(table);
    }

    private static ReplayBuffer Fill()
    {
        var replay = new ReplayBuffer(20_000, Observations, Actions);
        var rng = new Rng(2);
        var (observation, next) = (new float[Observations], new float[Observations]);
        var mask = new bool[Actions];
        for (var i = 0; i < replay.Capacity; i++)
        {
            for (var j = 0; j < Observations; j++)
                (observation[j], next[j]) = ((float)rng.NextGaussian(), (float)rng.NextGaussian());
            for (var a = 0; a < Actions; a++)
                mask[a] = rng.NextDouble() < 0.7;
            var action = rng.NextInt(Actions);
            mask[action] = true;
            replay.Add(observation, mask, action, (float)rng.NextDouble(), 0.95f, next, mask, terminated: rng.NextInt(50) == 0);
        }
        return replay;
    }
}
