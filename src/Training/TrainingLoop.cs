using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Training;

/// <param name="Return">Mean reward a request over the window just ended, as it was explored.</param>
/// <param name="Validation">Mean reward a request of the greedy policy on the validation windows, at the last check; NaN before the first.</param>
/// <remarks>Under budgets a validation that exceeds them counts as less than any that keeps them: <see cref="BudgetKeeper.Merit"/>.</remarks>
public readonly record struct TrainProgress(int Step, int Window, double Return, double Validation, double BestValidation, SacMetrics Metrics);

/// <summary>
/// Trains an agent: observe, decide, step, remember what became known, update. The unit of work is a window; between windows the whole
/// state can be saved, and a loaded one goes on bit for bit.
/// </summary>
public sealed class TrainingLoop
{
    private const int Format = 1;

    private readonly OffloadEnvironment _environment, _validation;
    private readonly TrainOptions _options;
    private readonly ObservationLayout _layout;
    private readonly int[] _plans;
    private readonly ulong _seed;
    private readonly ReplayBuffer _replay;
    private readonly TransitionCollector _collector;
    private readonly SacPolicy _greedy;
    private readonly BudgetKeeper? _keeper;
    private SacMetrics _metrics;
    private double _lastValidation = double.NaN;
    private int _nextValidation;

    /// <param name="training">Windows to learn from.</param>
    /// <param name="validation">Windows of the same links on which checkpoints are judged; never learned from.</param>
    /// <param name="plans">Plans of the environments' table that the agent may choose.</param>
    public TrainingLoop(OffloadEnvironment training, OffloadEnvironment validation, IReadOnlyList<int> plans, TrainOptions options, ulong seed)
    {
        (_environment, _validation) = (training, validation);
        (_options, _seed, _plans) = (options, seed, plans.ToArray());
        _layout = new ObservationLayout(_environment.Model, _plans);
        Agent = new DiscreteSac(_layout.Size, _plans.Length, options.Sac, seed);
        Best = new DiscreteSac(_layout.Size, _plans.Length, options.Sac, seed);
        var model = _environment.Model;
        _replay = new ReplayBuffer(Math.Min(options.ReplayCapacity, options.Steps), _layout.Size, _plans.Length, charges: model.Scenario.Budgets is null ? 0 : BudgetKeeper.Charges);
        _keeper = model.Scenario.Budgets is { } budgets ? new BudgetKeeper(budgets, model, _replay.Multipliers) : null;
        _collector = new TransitionCollector(_replay, model.Scenario.Requests, options.Sac.Gamma, _keeper);
        _greedy = new SacPolicy("sac", Agent, _layout, _plans);
        _nextValidation = options.ValidateEvery;
    }

    public DiscreteSac Agent { get; }

    /// <summary>The agent as it was when it did best on the validation windows.</summary>
    public DiscreteSac Best { get; }

    public double BestValidation { get; private set; } = double.NegativeInfinity;

    /// <summary>Validation of the agent before it learned anything.</summary>
    public double UntrainedValidation { get; private set; } = double.NaN;

    public int Step { get; private set; }
    public int Window { get; private set; }
    public bool Done => Step >= _options.Steps;

    /// <summary>Plays and learns from one window.</summary>
    public TrainProgress Advance()
    {
        if (Step == 0)
            UntrainedValidation = Validate();
        _environment.Reset(Window);
        Look(0);
        while (!_environment.Truncated)
        {
            var request = _environment.Observation.Request;
            var action = Choose(request);
            _collector.Chose(request, action);
            _environment.Step(_plans[action]);
            Look(request + 1);
            foreach (ref readonly var outcome in _environment.Delivered)
                _collector.Deliver(outcome);
            Step++;
            if (Step > _options.StartSteps && Step % _options.UpdateEvery == 0)
                _metrics = Agent.Update(_replay);
        }
        Window++;
        if (Step > _options.StartSteps)
            _keeper?.Learn(_environment.TotalCosts / _environment.Model.Scenario.Requests);
        if (Step >= _nextValidation || Done)
        {
            _nextValidation += _options.ValidateEvery;
            _lastValidation = Validate();
            if (_lastValidation > BestValidation)
                Keep(_lastValidation);
        }
        return new TrainProgress(Step, Window, _environment.TotalReward / _environment.Model.Scenario.Requests, _lastValidation, BestValidation, _metrics);
    }

    /// <summary>Writes everything the next window depends on.</summary>
    public void Save(BinaryWriter writer)
    {
        writer.Write(Format);
        writer.Write(Step);
        writer.Write(Window);
        writer.Write(_nextValidation);
        writer.Write(_lastValidation);
        writer.Write(BestValidation);
        writer.Write(UntrainedValidation);
        Agent.Save(writer);
        Best.Save(writer);
        _replay.Save(writer);
    }

    /// <exception cref="InputException">The file is no checkpoint of this configuration.</exception>
    public void Load(BinaryReader reader, string file)
    {
        try
        {
            if (reader.ReadInt32() is var format && format != Format)
                throw new InputException(file, "format", $"is {format}, allowed is {Format}");
            Step = reader.ReadInt32();
            Window = reader.ReadInt32();
            _nextValidation = reader.ReadInt32();
            _lastValidation = reader.ReadDouble();
            BestValidation = reader.ReadDouble();
            UntrainedValidation = reader.ReadDouble();
            Agent.Load(reader, file);
            Best.Load(reader, file);
            _replay.Load(reader, file);
            if (reader.BaseStream.ReadByte() >= 0)
                throw new InputException(file, "length", "goes on after its end; allowed is a whole checkpoint, as training writes it, and nothing behind it");
        }
        catch (EndOfStreamException)
        {
            throw new InputException(file, "length", "ends early; allowed is a whole checkpoint, as training writes it");
        }
    }

    private int Choose(int request)
    {
        var mask = _collector.Mask(request);
        var rng = Rng.Keyed(_seed, (ulong)Window, (ulong)request, RngPurpose.Explore);
        if (Step >= _options.StartSteps)
            return Agent.Act(_collector.Observation(request), mask, ref rng, greedy: false);
        int action;
        do
            action = rng.NextInt(mask.Length);
        while (!mask[action]);
        return action;
    }

    private void Look(int request)
    {
        var observation = _collector.Observation(request);
        _layout.Write(_environment.Observation, observation);
        _keeper?.See(request, _environment.Observation);
        var mask = _collector.Mask(request);
        for (var i = 0; i < _plans.Length; i++)
            mask[i] = _environment.Mask[_plans[i]];
        Agent.Normaliser.Observe(observation);
    }

    private double Validate()
    {
        var (sum, costs) = (0.0, new Costs());
        for (var w = 0; w < _options.ValidationWindows; w++)
        {
            _validation.Reset(WindowNumbers.Validation + w);
            while (!_validation.Truncated)
                _validation.Step(_greedy.Decide(_validation.Observation, _validation.Mask));
            (sum, costs) = (sum + _validation.TotalReward, costs + _validation.TotalCosts);
        }
        var mean = sum / _options.ValidationWindows / _validation.Model.Scenario.Requests;
        return _keeper?.Merit(mean, costs / _options.ValidationWindows / _validation.Model.Scenario.Requests) ?? mean;
    }

    private void Keep(double validation)
    {
        BestValidation = validation;
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true))
            Agent.Save(writer);
        memory.Position = 0;
        using var reader = new BinaryReader(memory);
        Best.Load(reader);
    }
}
