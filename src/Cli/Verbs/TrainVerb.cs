using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Training;

namespace RlOffload.Cli.Verbs;

internal static class TrainVerb
{
    private const int MostSeeds = 1000;

    public static Command Create()
    {
        var config = new Argument<string>("CONFIG") { Description = "A config, such as configs/quickstart.yaml." };
        var seed = new Option<ulong?>("--seed") { Description = "Instead of the config's seed." };
        var set = new Option<string[]>("--set") { Description = "Change a key of the config: --set train.steps=20000", AllowMultipleArgumentsPerToken = true };
        var folder = new Option<string?>("--out") { Description = "Folder of the run [default: runs/NAME-seedN, with --seeds runs/NAME-seeds]." };
        var seeds = new Option<int?>("--seeds") { Description = "Train so many seeds side by side, from the config's on: a run's folder each under --out." };
        var resume = new Option<string?>("--resume") { Description = "Go on with this interrupted run, or these of several seeds; config and seeds are their own." };
        var skip = new Option<bool>("--no-evaluation") { Description = "Stop after training; 'rloffload evaluate' compares later." };
        var command = new Command("train", """
            Trains an agent from a config: shows the room there is to learn, trains, and compares the result with the planners on links that
            it was not trained on. Ctrl-C leaves a run that --resume continues as if nothing had happened; a power cut costs the seconds since
            the last checkpoint (train.checkpoint_s), and no more.

            The folder of a run holds config and manifest, metrics.csv and the same for TensorBoard (tensorboard --logdir runs), the two newest
            checkpoints, the evaluation and report.html. What is learned and how is the config's, each key also by --set:
              train.agent=NAME        who learns; each agent has a section train.NAME of its own
              train.n_step=3          returns look three decisions ahead
              train.environments=8    eight windows are played side by side
              train.budgets=pid       under budgets, multipliers by a controller and not by virtual queues
              train.shield=true       plans that are likely to miss the deadline are forbidden, here and where the agent is deployed
              train.probe_after_s=1   plans that stay on the device have to probe where the uplink is idle and news of the link are older
              train.guard=false       'export' deploys the agent also where a planner did better on validation windows

            Examples:
              rloffload train configs/quickstart.yaml
              rloffload train configs/quickstart.yaml --seed 2 --set train.steps=100000 --out runs/long
              rloffload train configs/quickstart.yaml --resume runs/quickstart-seed1
              rloffload train configs/quickstart.yaml --seeds 5 --out runs/five      five seeds, one per core, one row over all of them
            """)
        {
            config, seed, seeds, set, folder, resume, skip,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await Task.Yield();
            var again = parsed.GetValue(resume);
            if (again is not null && !RunFolder.IsIn(again) && !SeedsFolder.IsIn(again))
                throw new InputException("--resume", again, "holds no run, allowed is a folder that 'rloffload train' wrote");
            if (parsed.GetValue(seeds) is { } count && count is < 1 or > MostSeeds)
                throw new InputException("--seeds", $"{parsed.GetValue(seeds)}", $"is out of range, allowed is 1 to {MostSeeds}");
            Experiment Load(ulong? number) => Experiment.Load(parsed.GetRequiredValue(config), parsed.GetValue(set) ?? [], number);
            var skipped = parsed.GetValue(skip);
            if (again is not null && SeedsFolder.IsIn(again))
                return SeveralSeeds.Resume(new SeedsFolder(again), parsed.GetRequiredValue(config), skipped, TimeProvider.System, cancel);
            if (again is not null)
                return OneSeed.Train(Experiment.Load(new RunFolder(again).Config, []), new RunFolder(again), true, skipped, TimeProvider.System, cancel);
            var experiment = Load(parsed.GetValue(seed));
            if (parsed.GetValue(seeds) is { } several)
                return SeveralSeeds.Train([.. Enumerable.Range(0, several).Select(i => Load(experiment.Seed + (ulong)i))],
                    new SeedsFolder(parsed.GetValue(folder) ?? Path.Combine("runs", $"{experiment.Name}-seeds")), skipped, TimeProvider.System, cancel);
            return OneSeed.Train(experiment, new RunFolder(parsed.GetValue(folder) ?? Path.Combine("runs", $"{experiment.Name}-seed{experiment.Seed}")), false, skipped, TimeProvider.System, cancel);
        });
        return command;
    }
}
