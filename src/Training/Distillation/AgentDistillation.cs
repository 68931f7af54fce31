using System.Diagnostics;
using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Training.Benchmarks;
using RlOffload.Training.Evaluation;
using RlOffload.Training.Statistics;

namespace RlOffload.Training.Distillation;

/// <param name="Regions">Leaves of the tree, cells of the table.</param>
/// <param name="Corrects">Whether a region corrects the cost model's ranking of the plans; else it is a ranking itself.</param>
/// <param name="States">That were learned from.</param>
/// <param name="Windows">Validation windows behind the figures: nothing was learned or chosen on them.</param>
/// <param name="Agreement">Share of the states that the student gets into where the teacher would choose the same plan.</param>
/// <param name="Regret">Reward a request that the teacher earns more than the student: mean and 95 % interval over windows that both play.</param>
/// <param name="CostModelReward">What the plan of the best expected reward for each request alone earns.</param>
/// <param name="Bytes">Of the file that decides.</param>
/// <param name="TeacherBytes">Of the graph that the teacher is exported as.</param>
/// <param name="Ns">Of wall clock, one decision of the written folder from observation to plan, median.</param>
/// <param name="TeacherNs">The same of the teacher's graph in ONNX Runtime.</param>
/// <param name="AllocatedBytes">By a decision of the student.</param>
public sealed record DistillReport(
    string Teacher, string To, int Regions, bool Corrects, int States, int Windows, double Agreement, Interval Regret, double TeacherReward, double StudentReward,
    double CostModelReward, long Bytes, long TeacherBytes, double Ns, double TeacherNs, double AllocatedBytes, string Folder);

/// <summary>Distils the agent of a run into a folder that 'run', 'evaluate' and 'verify' take, and says what was lost and won.</summary>
public static class AgentDistillation
{
    /// <exception cref="InputException">The run's config or files are not those that it was trained with, or an option is out of range.</exception>
    public static DistillReport Run(RunFolder run, World world, DistillOptions options, string folder, IProgress<EvaluationProgress>? progress, CancellationToken cancel)
    {
        options.Validated();
        var manifest = run.ReadManifest();
        foreach (var (key, trained, here) in new[]
        {
            ("profile_sha256", manifest.ProfileSha256, world.ProfileHash), ("plans_sha256", manifest.PlansSha256, world.Plans.Hash),
            ("scenario_sha256", manifest.ScenarioSha256, world.ScenarioHash),
        })
            if (trained != here)
                throw new InputException(run.Manifest, key, $"is {RunFolder.Short(trained)}, that of {world.Experiment.File} {RunFolder.Short(here)} now; allowed is what the run was trained on");
        var teacher = run.LoadBest(world);
        var distiller = new Distiller(world, teacher, options);
        var student = distiller.Learn(progress, cancel);
        var distilled = (DistilledPolicy)student.Learned;
        var (agreement, rewards, taught, expected) = Compare(world, teacher, student, options.Windows, progress, cancel);
        var policy = PolicyExport.WriteDistilled(distilled, student, manifest, world, folder);
        var (ns, bytes) = Measure(world, folder);
        var (teacherNs, teacherBytes) = MeasureTeacher(run, world);
        var values = distilled.Regions;
        return new DistillReport(manifest.Agent, options.Form.ToString().ToLowerInvariant(), values.Regions.Count, values.Corrects, distiller.States, options.Windows, agreement,
            StudentInterval.Of([.. taught.Zip(rewards, (t, s) => t - s)]), taught.Average(), rewards.Average(), expected.Average(),
            new FileInfo(Path.Combine(folder, FrozenPolicyFile.NameOf(policy.Form))).Length, teacherBytes, ns, teacherNs, bytes, folder);
    }

    /// <summary>Teacher, student and the cost model by itself on the same windows; rewards a request by window.</summary>
    private static (double Agreement, double[] Student, double[] Teacher, double[] CostModel) Compare(
        World world, LearnedPolicy teacher, LearnedPolicy student, int windows, IProgress<EvaluationProgress>? progress, CancellationToken cancel)
    {
        var environment = world.Tuning.Environment(world.CostModel);
        var (same, asked) = (0, 0);
        double[][] rewards = [new double[windows], new double[windows], new double[windows]];
        Func<int>[] players =
        [
            () =>
            {
                var plan = student.Decide(environment.Observation, environment.Mask);
                same += teacher.Decide(environment.Observation, environment.Mask) == plan ? 1 : 0;
                asked++;
                return plan;
            },
            () => teacher.Decide(environment.Observation, environment.Mask),
            () => GreedyFallback.Decide(world.CostModel, environment.Observation, environment.Mask),
        ];
        for (var w = 0; w < windows; w++)
        {
            for (var p = 0; p < players.Length; p++)
            {
                cancel.ThrowIfCancellationRequested();
                for (environment.Reset(WindowNumbers.Guard + w); !environment.Truncated;)
                    environment.Step(players[p]());
                rewards[p][w] = environment.TotalReward / world.Scenario.Requests;
            }
            progress?.Report(new("comparing with the teacher", (w + 1.0) / windows));
        }
        return ((double)same / asked, rewards[0], rewards[1], rewards[2]);
    }

    private static (double Ns, long Bytes) MeasureTeacher(RunFolder run, World world)
    {
        var folder = Directory.CreateTempSubdirectory("rloffload-distill").FullName;
        try
        {
            PolicyExport.Write(run, world, null, folder, () => throw new InvalidOperationException("the agent is exported, no planner"), unguarded: true);
            return (Measure(world, folder).Ns, new FileInfo(Path.Combine(folder, FrozenPolicyFile.Graph)).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Median time of a decision over states of a random walk, and bytes that one allocates.</summary>
    private static (double Ns, double Bytes) Measure(World world, string folder)
    {
        const int Calls = 2000, Repeats = 15;
        using var policy = DeployedPolicy.Open(folder, world.Profile);
        var seen = EnvironmentBench.Recorded(world, 256);
        var mask = policy.Model.Table.Allowed(powered: true).ToArray();
        var times = new double[Repeats];
        var bytes = 0L;
        for (var round = -2; round < Repeats; round++) // the first two are for the compiler
        {
            bytes = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Calls; i++)
                policy.Decide(seen[i & 255], mask);
            var ticks = Stopwatch.GetTimestamp() - start;
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            times[Math.Max(0, round)] = 1e9 * ticks / Stopwatch.Frequency / Calls;
        }
        return (Math.Round(Spread.Of(times).Median), bytes / (double)Calls);
    }
}
