using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Training;

/// <summary>A training loop with its folder: writes metrics, checkpoints and manifest as it goes, stops cleanly and resumes.</summary>
public sealed class TrainingRun
{
    private readonly World _world;
    private readonly RunFolder _folder;
    private readonly TimeProvider _time;
    private RunManifest _manifest;

    /// <summary>Step of the newest checkpoint.</summary>
    private int _saved;

    /// <param name="planners">Planners that an agent may start from; null: tuned when one is asked for, and not remembered.</param>
    public TrainingRun(World world, RunFolder folder, TimeProvider time, Func<PlannerSetup>? planners = null)
    {
        (_world, _folder, _time) = (world, folder, time);
        var experiment = world.Experiment;
        Loop = TrainingLoop.Of(world, planners);
        _manifest = new RunManifest(experiment.Name, experiment.Seed, experiment.Train.Agent.Name, world.ProfileHash, world.Plans.Hash, world.ScenarioHash, world.Training.Links.Hash,
            world.Tuning.Links.Hash, [.. world.Training.Files.Select(f => $"{Path.GetFileName(f.Path)} {f.Sha256}")],
            RunFolder.Version, System.Environment.Version.ToString(),
            time.GetUtcNow().ToString("yyyy-MM-dd"), TuningTrials: experiment.Train.TuningTrials);
    }

    public TrainingLoop Loop { get; }

    /// <exception cref="InputException">The folder holds a run that was interrupted.</exception>
    public void RequireFree()
    {
        if (RunFolder.IsIn(_folder.Root) && !_folder.ReadManifest().Finished)
            throw new InputException(_folder.Root, "--out", "holds an interrupted run; go on with --resume, or name another folder");
    }

    /// <summary>Makes the folder; a finished run that is there is replaced.</summary>
    /// <inheritdoc cref="RequireFree"/>
    public void Begin()
    {
        RequireFree();
        _folder.Begin(_world.Experiment, _manifest, Loop, _time.GetUtcNow());
    }

    /// <returns>Warnings: a checkpoint that was torn and is skipped.</returns>
    /// <exception cref="InputException">The run was made with another agent, profile, plan table, scenario or links.</exception>
    public IReadOnlyList<string> Resume()
    {
        var saved = _folder.ReadManifest();
        var problems = new List<string>();
        void Same(string key, string before, string now)
        {
            if (before != now)
                problems.Add($"{_folder.Manifest}:{key}: was {RunFolder.Short(before)} when the run began, is {RunFolder.Short(now)} now; allowed is the same");
        }
        Same("agent", saved.Agent, _manifest.Agent);
        Same("profile_sha256", saved.ProfileSha256, _manifest.ProfileSha256);
        Same("plans_sha256", saved.PlansSha256, _manifest.PlansSha256);
        Same("scenario_sha256", saved.ScenarioSha256, _manifest.ScenarioSha256);
        Same("training_links", saved.TrainingLinks, _manifest.TrainingLinks);
        if (problems.Count > 0)
            throw new InputException(problems);
        _manifest = saved;
        var warnings = new List<string>();
        _folder.Load(Loop, warnings.Add);
        _saved = Loop.Step;
        return warnings;
    }

    /// <summary>Learns until the config's steps are done or the token is cancelled; a checkpoint is written at the end and every few seconds (train.checkpoint_s).</summary>
    public void Learn(Action<TrainProgress> progress, CancellationToken cancel)
    {
        var (saved, every) = (_time.GetTimestamp(), TimeSpan.FromSeconds(_world.Experiment.Train.CheckpointSeconds));
        while (!Loop.Done && !cancel.IsCancellationRequested)
        {
            var p = Loop.Advance();
            _folder.Append(p, _manifest.Agent, Loop.Measures, _time.GetUtcNow());
            progress(p);
            if (_time.GetElapsedTime(saved) <= every)
                continue;
            Save();
            saved = _time.GetTimestamp();
        }
        // Killed after the last checkpoint but before its manifest, a run is done without saying so.
        if (_saved != Loop.Step || _manifest.Finished != Loop.Done)
            Save();
    }

    private void Save()
    {
        _manifest = _manifest with
        {
            Finished = Loop.Done,
            Steps = Loop.Step,
            BestStep = Loop.BestStep,
            BestValidation = double.IsFinite(Loop.BestValidation) ? Loop.BestValidation : null,
            UntrainedValidation = double.IsFinite(Loop.UntrainedValidation) ? Loop.UntrainedValidation : null,
        };
        _folder.Save(Loop, _manifest);
        _saved = Loop.Step;
    }
}
