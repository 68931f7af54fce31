using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Training;
using RlOffload.Training.Evaluation;
using Spectre.Console;

namespace RlOffload.Cli.Verbs;

internal static class ExportVerb
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a training run." };
        var folder = new Option<string>("--out") { Description = "Folder of the frozen policy: policy.onnx and policy.json.", Required = true };
        var elsewhere = new Option<string?>("--for") { Description = "Freeze it for the network, device and scenario of this config instead of the run's." };
        var name = new Option<string?>("--name") { Description = "How the policy calls itself in reports [default: the run's agent]." };
        var unguarded = new Option<bool>("--unguarded") { Description = "Export the agent, also where a planner did better." };
        var command = new Command("export", """
            Freezes what a training run deploys into the files that a device needs. Nothing is written unless ONNX Runtime decides on the
            golden vectors exactly as the trained network did.

            Unless train.guard is false, that is the better of the agent and the planners that are hard to beat (priced, mpc, probe-rule), by
            validation windows that no checkpoint was chosen on; the run's manifest and policy.json say which. Where it is 'priced', the
            planner's prices are exported as a policy of the same form. Where it is mpc or probe-rule, which are no graphs, nothing is
            exported and the message says by how much the agent falls behind; --unguarded exports the agent all the same.

            Agents that judge plans by what they take and give (hindsight, cem) can decide for a network that they were not trained on: with --for
            the graph is made for the plans of another config, and policy.json says what it was trained on. Others are refused.

            Examples:
              rloffload export runs/quickstart-seed1 --out checkpoints/mine
              rloffload export runs/quickstart-seed1 --out checkpoints/agent --unguarded
              rloffload export runs/hindsight --for configs/scenarios/lmos-memory.yaml --out checkpoints/elsewhere
            """)
        {
            run, folder, elsewhere, name, unguarded,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            return Export(parsed.GetRequiredValue(run), parsed.GetRequiredValue(folder), parsed.GetValue(elsewhere), parsed.GetValue(name), parsed.GetValue(unguarded), cancel);
        });
        return command;
    }

    private static int Export(string from, string to, string? elsewhere, string? name, bool unguarded, CancellationToken cancel)
    {
        if (!RunFolder.IsIn(from))
            throw new InputException(from, "RUN", "holds no run, allowed is a folder that 'rloffload train' wrote");
        var run = new RunFolder(from);
        var experiment = Experiment.Load(elsewhere ?? run.Config, []);
        var world = experiment.Build();
        if (elsewhere is null && experiment.Train.Guard && !unguarded && run.ReadManifest().Guard is null)
            Stages.Bars(AnsiConsole.Console).Start(context =>
            {
                var stages = new Stages(context);
                var contestants = new Evaluator(world, EvaluateVerb.CacheFolder, System.Environment.ProcessorCount, stages).Contestants;
                run.WriteGuard(Guard.Of(world, contestants, [run.LoadBest(world)], System.Environment.ProcessorCount, stages, cancel)[0]);
            });
        var policy = PolicyExport.Write(run, world, name, to, () => world.Planners(EvaluateVerb.CacheFolder, System.Environment.ProcessorCount), unguarded);
        if (policy.Training.Guard is { } verdict)
            AnsiConsole.WriteLine(Guard.Sentence(verdict) + (unguarded ? "; not asked, because of --unguarded" : ""));
        AnsiConsole.WriteLine($"{to}: {policy.Plans.Count} plans, {policy.Observation.Count} observations, {policy.Golden.Count} golden vectors replayed; check it anywhere with 'rloffload verify {to}'");
        return 0;
    }
}
