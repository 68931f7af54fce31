using RlOffload.Agents;
using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Training;

/// <summary>What became of a seed.</summary>
/// <param name="Best">Null where it was interrupted before it began.</param>
/// <param name="Warnings">Of a checkpoint that was torn and skipped.</param>
public sealed record SeedOutcome(ulong Seed, RunFolder Folder, LearnedPolicy? Best, int Step, bool Done, IReadOnlyList<string> Warnings);

/// <summary>
/// Trains one experiment with several seeds side by side. Each run writes what it would write alone: they share nothing that changes but the
/// cache of tuned constants. A seed's memory is held only while it trains.
/// </summary>
/// <param name="worlds">One a seed.</param>
/// <param name="planners">Planners that an agent may start from.</param>
public sealed class SeedsTraining(IReadOnlyList<World> worlds, SeedsFolder folder, TimeProvider time, Func<World, PlannerSetup>? planners = null)
{
    public IReadOnlyList<ulong> Seeds { get; } = [.. worlds.Select(w => w.Experiment.Seed)];

    /// <summary>Trains what is not finished: runs that have begun are resumed.</summary>
    /// <param name="threads">Seeds that are trained at once.</param>
    /// <param name="progress">Told by several threads: the place of the seed and how far it is.</param>
    /// <exception cref="InputException">A run that is there was made with another profile, plan table, scenario or links.</exception>
    public IReadOnlyList<SeedOutcome> Learn(int threads, Action<int, TrainProgress> progress, CancellationToken cancel)
    {
        var outcomes = new SeedOutcome[worlds.Count];
        var next = -1;
        try
        {
            // Seeds are taken in their order, so that the first ones are done first.
            Parallel.For(0, Math.Min(threads, worlds.Count), new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) }, _ =>
            {
                for (int i; (i = Interlocked.Increment(ref next)) < worlds.Count;)
                    outcomes[i] = Learn(i, p => progress(i, p), cancel);
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.All(x => x is InputException))
        {
            throw new InputException([.. e.InnerExceptions.Cast<InputException>().SelectMany(x => x.Problems)]);
        }
        return outcomes;
    }

    private SeedOutcome Learn(int i, Action<TrainProgress> progress, CancellationToken cancel)
    {
        var (world, run) = (worlds[i], folder.Run(Seeds[i]));
        if (cancel.IsCancellationRequested && !RunFolder.IsIn(run.Root))
            return new SeedOutcome(Seeds[i], run, null, 0, false, []);
        var training = new TrainingRun(world, run, time, planners is null ? null : () => planners(world));
        IReadOnlyList<string> warnings = [];
        if (RunFolder.IsIn(run.Root))
            warnings = training.Resume();
        else
            training.Begin();
        training.Learn(progress, cancel);
        return new SeedOutcome(Seeds[i], run, training.Loop.Best, training.Loop.Step, training.Loop.Done, warnings);
    }
}
