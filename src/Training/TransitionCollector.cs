using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Training;

/// <summary>
/// Turns the steps of a window into transitions. A decision's reward comes with its answer, often after later decisions; the transition
/// waits for it and is stored with that reward, its own next observation and one discount, whatever else happened in between.
/// </summary>
public sealed class TransitionCollector
{
    private readonly ReplayBuffer _replay;
    private readonly float _gamma;
    private readonly float[] _observations;
    private readonly bool[] _masks;
    private readonly int[] _actions;
    private readonly int _size, _plans;
    private readonly BudgetKeeper? _keeper;
    private readonly float[] _charges;

    /// <param name="requests">Requests of a window.</param>
    /// <param name="keeper">What charges a transition; null: nothing does, there are no budgets.</param>
    public TransitionCollector(ReplayBuffer replay, int requests, double gamma, BudgetKeeper? keeper = null)
    {
        _keeper = keeper;
        _charges = new float[replay.Multipliers.Length];
        (_replay, _gamma, _size, _plans) = (replay, (float)gamma, replay.Observations, replay.Actions);
        _observations = new float[(requests + 1) * _size];
        _masks = new bool[(requests + 1) * _plans];
        _actions = new int[requests];
    }

    /// <summary>The observation and mask of a request; entry <c>requests</c> is the one that would have come next.</summary>
    public Span<float> Observation(int request) => _observations.AsSpan(request * _size, _size);

    public Span<bool> Mask(int request) => _masks.AsSpan(request * _plans, _plans);

    public void Chose(int request, int action) => _actions[request] = action;

    /// <summary>Stores the transition of an outcome; its next observation has been seen by then. A window's end is a time limit, not an end.</summary>
    public void Deliver(in Outcome outcome)
    {
        var i = outcome.Request;
        _keeper?.Charge(outcome, _charges);
        _replay.Add(Observation(i), Mask(i), _actions[i], (float)outcome.Reward, _gamma, Observation(i + 1), Mask(i + 1), terminated: false, charges: _charges);
    }
}
