namespace RlOffload.Environment;

/// <summary>
/// What any plan would have led to from the environment's present request: exactly what <see cref="OffloadEnvironment.Step"/> would give,
/// because it is that step, taken in a fork. Link, arrivals and difficulty are the same for every plan; backlogs, heat, battery and what is
/// observed are not. What happens before the device turns to the request is the same for all plans that begin there, so it is played once for them; and where it
/// has not done with the request when the next one arrives, only what is still to be computed and to be sent differs.
/// Not a decision aid on a device: it knows the window.
/// </summary>
public sealed class Counterfactual(OffloadEnvironment environment)
{
    private readonly OffloadEnvironment _fork = environment.Fork(), _shared = environment.Fork(), _like = environment.Fork(), _repeated = environment.Fork();
    private long _sharedAt = -1; // the environment's moves when _shared was played from it
    private bool _repeats; // whether other plans may repeat the step that led to _like
    private StepResult _step; // that step

    /// <summary>The environment one step on under <paramref name="plan"/>; valid until the next call.</summary>
    public OffloadEnvironment After(int plan, out StepResult result)
    {
        if (!environment.Model.Table.BeginsOnDevice(plan))
        {
            _fork.StepFrom(environment, plan, out result);
            return _fork;
        }
        if (_sharedAt != environment.Moves)
        {
            _shared.ShareFrom(environment, plan);
            (_sharedAt, _repeats) = (environment.Moves, false);
        }
        if (_repeats && _repeated.TryRepeat(environment, _like, plan))
        {
            result = _step;
            return _repeated;
        }
        _fork.StepFrom(environment, _shared, plan, out result);
        if (!_repeats && _fork.CanReplan(environment))
        {
            _like.Repeat(_fork);
            (_repeats, _step) = (true, result);
        }
        return _fork;
    }

    /// <summary>
    /// Reward from now to the end of the window under <paramref name="plan"/> now and <paramref name="continuation"/> afterwards, work in flight included.
    /// </summary>
    public double RollOn(int plan, IPolicy continuation)
    {
        var from = environment.TotalReward;
        var after = After(plan, out _);
        continuation.Begin(environment.Window);
        while (!after.Truncated)
            after.Step(continuation.Decide(after.Observation, after.Mask));
        return after.TotalReward - from;
    }

    /// <summary>The same with the plans that were recorded for the requests after this one.</summary>
    /// <param name="recorded">Plan of each request of the window.</param>
    public double RollOn(int plan, ReadOnlySpan<int> recorded)
    {
        var from = environment.TotalReward;
        var after = After(plan, out _);
        while (!after.Truncated)
            after.Step(recorded[after.Observation.Request]);
        return after.TotalReward - from;
    }

    /// <summary>
    /// What becomes known from now on until <paramref name="horizon"/> more decisions were made, under <paramref name="plan"/> now and
    /// <paramref name="continuation"/> afterwards; to the end of the window, drained, where that comes first. Allocates nothing.
    /// </summary>
    public (double Reward, Costs Costs) RollOn(int plan, IPolicy continuation, int horizon)
    {
        var (reward, costs) = (environment.TotalReward, environment.TotalCosts);
        var after = After(plan, out _);
        continuation.Begin(environment.Window);
        for (var left = horizon; left > 0 && !after.Truncated; left--)
            after.Step(continuation.Decide(after.Observation, after.Mask));
        return (after.TotalReward - reward, after.TotalCosts - costs);
    }
}
