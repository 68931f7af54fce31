using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Training.Benchmarks;

/// <summary>How fast the environment is on one core; CPU time, medians over rounds.</summary>
/// <param name="Plans">In the table that the environment plays with and masks.</param>
/// <param name="Choices">Plans that the learner chooses from, and whose expected reward it is told.</param>
/// <param name="Observation">Numbers in an observation.</param>
/// <param name="DecisionsPerSecond">Everything in: drawing windows, event simulation, costs, mask and the observation as the learner gets it.</param>
/// <param name="NsPerDecision">The same as time; the two parts below are measured by themselves and belong to it.</param>
/// <param name="DrawNs">Of it, drawing the windows: links, arrivals, deadlines, round trips, images.</param>
/// <param name="ObservationNs">Of it, writing the learner's observation.</param>
/// <param name="BytesPerStep">Allocated by a step with its observation.</param>
/// <param name="BytesPerWindow">Allocated by drawing a window.</param>
/// <param name="CounterfactualUs">All successors of one request, one for each of <paramref name="CounterfactualPlans"/> plans; over requests of a window.</param>
/// <param name="CounterfactualBytes">Allocated by that.</param>
public sealed record EnvironmentSpeed(
    string Name, int Plans, int Choices, int Observation, Spread DecisionsPerSecond, double NsPerDecision, double DrawNs, double ObservationNs,
    double BytesPerStep, double BytesPerWindow, int CounterfactualPlans, Spread CounterfactualUs, double CounterfactualBytes)
{
    /// <summary>Event simulation, costs, mask and observation, without what drawing the windows takes: of the two medians.</summary>
    public double SteppedPerSecond => 1e9 / (NsPerDecision - DrawNs);
}

/// <summary>
/// Plays windows with plans that were drawn beforehand, so that nothing but the environment is timed; where the mask forbids a plan, the request is dropped.
/// </summary>
public sealed class EnvironmentBench
{
    private const int Windows = 20;
    private const int MostTried = 200;

    private readonly World _world;
    private readonly OffloadEnvironment _environment;
    private readonly WindowDraw _draw;
    private readonly ObservationLayout _layout;
    private readonly Counterfactual _counterfactual;
    private readonly float[] _observation;
    private readonly int[] _plans;
    private readonly int[] _tried;
    private readonly Observation[] _seen;
    private readonly int _drop;
    private int _next;

    public EnvironmentBench(World world)
    {
        _world = world;
        _environment = world.Training.Environment(world.CostModel);
        _draw = _environment.Draw.Another();
        _layout = new ObservationLayout(world.CostModel, world.Choices);
        _observation = new float[_layout.Size];
        _counterfactual = new Counterfactual(_environment);
        _drop = world.FullTable.IndexOf(new(PlanKind.Drop, -1, -1, 0));
        var rng = Rng.Keyed(1, 0, 0, RngPurpose.Policy);
        _plans = new int[1 << 14];
        foreach (ref var plan in _plans.AsSpan())
            plan = world.Choices[rng.NextInt(world.Choices.Count)];
        _tried = Evenly(world.CostModel, MostTried);
        _seen = Recorded(world, 128);
    }

    private int Requests => _world.Scenario.Requests;

    /// <summary>Plans that can run, evenly over the table, so that every kind of plan is among them.</summary>
    internal static int[] Evenly(CostModel model, int most)
    {
        int[] runs = [.. Enumerable.Range(0, model.Count).Where(p => model.Table.Runnable[p])];
        return [.. Enumerable.Range(0, Math.Min(most, runs.Length)).Select(i => runs[(int)((long)i * runs.Length / Math.Min(most, runs.Length))])];
    }

    /// <summary>What the device knew at the first requests of training windows that were played with random plans.</summary>
    internal static Observation[] Recorded(World world, int count)
    {
        var environment = world.Training.Environment(world.CostModel);
        var rng = Rng.Keyed(2, 0, 0, RngPurpose.Policy);
        var seen = new Observation[count];
        for (var i = 0; i < count; i++)
        {
            if (environment.Truncated)
                environment.Reset(i);
            (seen[i] = new()).CopyFrom(environment.Observation);
            var plan = world.Choices[rng.NextInt(world.Choices.Count)];
            environment.Step(environment.Mask[plan] ? plan : environment.Mask.IndexOf(true));
        }
        return seen;
    }

    /// <param name="milliseconds">Of one measurement in a round.</param>
    public EnvironmentSpeed Run(int rounds = 15, double milliseconds = 150)
    {
        _environment.Reset(0);
        Play(Requests / 2);
        var ms = Rounds.Measure(rounds, milliseconds, PlayWindows, DrawWindows, WriteObservations);
        var decisions = (double)Windows * Requests;
        _environment.Reset(0);
        var step = Bytes(() => Play(Requests / 3)) / (Requests / 3);
        var window = Bytes(DrawWindows) / Windows;
        WarmUp(4 * milliseconds);
        _environment.Reset(0);
        var successors = new double[Math.Max(1, Requests / 4)];
        foreach (ref var us in successors.AsSpan())
        {
            us = 1000 * Rounds.Measure(3, milliseconds / 20, TryAll)[0].Median;
            Play(3);
        }
        return new(_world.Experiment.Name, _environment.Actions, _world.Choices.Count, _layout.Size,
            new(1000 * decisions / ms[0].Median, 1000 * decisions / ms[0].High, 1000 * decisions / ms[0].Low),
            1e6 * ms[0].Median / decisions, 1e6 * ms[1].Median / decisions, 1e6 * ms[2].Median / decisions, step, window,
            _tried.Length, Benchmarks.Spread.Of(successors), Bytes(TryAll));
    }

    private void PlayWindows()
    {
        for (var window = 0; window < Windows; window++)
        {
            _environment.Reset(window);
            _layout.Write(_environment.Observation, _observation);
            Play(Requests);
        }
    }

    private void Play(int decisions)
    {
        for (var i = 0; i < decisions; i++)
        {
            var plan = _plans[_next++ & (_plans.Length - 1)];
            _environment.Step(_environment.Mask[plan] ? plan : _drop);
            _layout.Write(_environment.Observation, _observation);
        }
    }

    private void DrawWindows()
    {
        for (var window = 0; window < Windows; window++)
            _draw.Draw(window);
    }

    private void WriteObservations()
    {
        for (var i = 0; i < Windows * Requests; i++)
            _layout.Write(_seen[i % _seen.Length], _observation);
    }

    /// <summary>Tries all plans for so long of the processor's time that the compiler has its last say before it is timed.</summary>
    private void WarmUp(double milliseconds)
    {
        var start = System.Environment.CpuUsage.TotalTime;
        for (var window = 0; (System.Environment.CpuUsage.TotalTime - start).TotalMilliseconds < milliseconds; window++)
        {
            _environment.Reset(window);
            for (var i = 0; i < Requests / 4; i++)
            {
                TryAll();
                Play(3);
            }
        }
    }

    private void TryAll()
    {
        foreach (var plan in _tried)
            if (_environment.Mask[plan])
                _counterfactual.After(plan, out _);
    }

    internal static double Bytes(Action work)
    {
        work();
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
