using RlOffload.Agents;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training;

/// <content>What a checkpoint holds; <c>TrainingLoop.cs</c> holds the training.</content>
public sealed partial class TrainingLoop
{
    private const int Format = 2;

    /// <summary>A loop over the world's training links.</summary>
    /// <param name="planners">Planners that an agent may start from; null: tuned when one is asked for, and not remembered.</param>
    /// <exception cref="InputException">This build is without the engine that the config names.</exception>
    public static TrainingLoop Of(World world, Func<PlannerSetup>? planners = null)
    {
        var (model, options) = (world.CostModel, world.Experiment.Train);
        if (Engines.Problem(options.Engine) is { } problem)
            throw new InputException(world.Experiment.File, "train.engine", problem);
        planners ??= () => world.Planners(cache: null, threads: 1);
        var usual = world.Scenario.Uplink.PriorBitsPerSecond / world.Scenario.Uplink.RateScale;
        var (training, validation) = (world.Training.Randomised(options.Randomise, usual), world.Tuning.Randomised(options.Randomise, usual));
        return new TrainingLoop([.. Enumerable.Range(0, options.Environments).Select(_ => training.Environment(model))], validation.Environment(model), world.Choices,
            options, world.Experiment.Seed, planners);
    }

    /// <summary>What a checkpoint's agent had learned at its best, without the rest of it.</summary>
    /// <param name="options">Those that it was trained with.</param>
    /// <exception cref="InputException">The file is no checkpoint of this configuration.</exception>
    public static LearnedPolicy ReadBest(BinaryReader reader, string file, World world, TrainOptions options)
    {
        var setup = Setup(world.CostModel, world.Choices, options, world.Experiment.Seed);
        var best = options.Agent.Policy(setup);
        Reading(reader, file, options, () => best.Load(reader, file));
        return new LearnedPolicy(options.Agent.Name, best, setup.View);
    }

    /// <summary>Writes everything the next window depends on.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Format);
        writer.Write(_options.Agent.Name);
        Best.Learned.Save(writer);
        writer.Write(Step);
        writer.Write(Window);
        writer.Write(_nextValidation);
        writer.Write(_lastValidation);
        writer.Write(BestValidation);
        writer.Write(BestStep);
        writer.Write(UntrainedValidation);
        foreach (var measure in _measures)
            writer.Write(measure);
        _keeper?.Save(writer);
        Agent.Save(writer);
    }

    /// <exception cref="InputException">The file is no checkpoint of this configuration.</exception>
    public void Load(BinaryReader reader, string file) => Reading(reader, file, _options, () =>
    {
        Best.Learned.Load(reader, file);
        Step = reader.ReadInt32();
        Window = reader.ReadInt32();
        _nextValidation = reader.ReadInt32();
        _lastValidation = reader.ReadDouble();
        BestValidation = reader.ReadDouble();
        BestStep = reader.ReadInt32();
        UntrainedValidation = reader.ReadDouble();
        for (var m = 0; m < _measures.Length; m++)
            _measures[m] = reader.ReadDouble();
        _keeper?.Load(reader);
        Agent.Load(reader, file);
        if (reader.BaseStream.ReadByte() >= 0)
            throw new InputException(file, "length", "goes on after its end; allowed is a whole checkpoint, as training writes it, and nothing behind it");
    });

    private static void Reading(BinaryReader reader, string file, TrainOptions options, Action read)
    {
        try
        {
            if (reader.ReadInt32() is var format && format != Format)
                throw new InputException(file, "format", $"is {format}, allowed is {Format}");
            if (reader.ReadString() is var agent && agent != options.Agent.Name)
                throw new InputException(file, "agent", $"is {agent}, allowed is {options.Agent.Name}, which this configuration trains");
            read();
        }
        catch (EndOfStreamException)
        {
            throw new InputException(file, "length", "ends early; allowed is a whole checkpoint, as training writes it");
        }
        // How a text's length is told to be none.
        catch (FormatException e)
        {
            throw new InputException(file, "agent", $"is no text ({e.Message}); allowed is a whole checkpoint, as training writes it");
        }
    }

    private static AgentSetup Setup(CostModel model, IReadOnlyList<int> plans, TrainOptions options, ulong seed) => new()
    {
        View = new AgentView(model, plans, options.Agent.Detail, options.Shield, options.ProbeAfterSeconds),
        Seed = seed,
        Steps = options.Steps,
        StartSteps = options.StartSteps,
        UpdateEvery = options.UpdateEvery,
        ReplayCapacity = options.ReplayCapacity,
        Lanes = options.Environments,
        Engine = graph => Engines.Of(options.Engine, options.Check)(graph),
        Budgets = model.Scenario.Budgets is { } budgets ? new BudgetKeeper(budgets, model, options.Pid) : null,
    };
}
