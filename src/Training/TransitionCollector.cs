using RlOffload.Agents;
using RlOffload.Environment;

namespace RlOffload.Training;

/// <summary>
/// Turns the steps of a window into transitions. A decision's reward comes with its answer, often after later decisions; the transition
/// waits for it and is handed on with that reward, its own next observation and its discount, whatever else happened in between. A return of
/// n steps (R. Sutton, 1988) waits for the rewards of the n - 1 decisions after it too, and goes on from the observation n decisions later.
/// </summary>
public sealed class TransitionCollector
{
    public delegate void Sink(in Transition transition);

    private readonly Sink _sink;
    private readonly AgentView _view;
    private readonly BudgetKeeper? _keeper;
    private readonly int _lane, _requests, _steps;
    private readonly float[] _powers, _observations, _rewards, _charges, _sum;
    private readonly bool[] _masks, _known;
    private readonly int[] _actions;
    private readonly Costs[] _weights;
    private readonly double[] _probes;

    /// <param name="requests">Requests of a window.</param>
    /// <param name="steps">n: decisions whose rewards a return holds; one is the reward alone.</param>
    /// <param name="keeper">What charges a transition; null: nothing does, there are no budgets.</param>
    public TransitionCollector(AgentView view, int requests, double gamma, int steps, Sink sink, int lane = 0, BudgetKeeper? keeper = null)
    {
        (_view, _requests, _steps, _sink, _lane, _keeper) = (view, requests, steps, sink, lane, keeper);
        _powers = [.. Enumerable.Range(0, steps + 1).Select(k => (float)Math.Pow(gamma, k))];
        _observations = new float[(requests + 1) * view.Size];
        _masks = new bool[(requests + 1) * view.Actions];
        _actions = new int[requests];
        (_rewards, _known) = (new float[requests], new bool[requests]);
        var charges = keeper is null ? 0 : BudgetKeeper.Charges;
        (_charges, _sum, _weights, _probes) = (new float[requests * charges], new float[charges], new Costs[requests + 1], new double[requests]);
    }

    /// <summary>A window begins; outcomes of the last one that never came are forgotten.</summary>
    public void Begin() => Array.Clear(_known);

    /// <summary>Takes down what is known at a request; number <c>requests</c> is the one that would have come next.</summary>
    public void See(int request, Observation known, ReadOnlySpan<bool> mask)
    {
        _view.Write(known, mask, Row(_observations, request, _view.Size), Row(_masks, request, _view.Actions));
        if (_keeper is not null)
            _weights[request] = _keeper.Weights(known);
    }

    public ReadOnlySpan<float> Observation(int request) => Row(_observations, request, _view.Size);

    public ReadOnlySpan<bool> Mask(int request) => Row(_masks, request, _view.Actions);

    /// <param name="probe">Energy of the probe that the plan sends, J; asked for under budgets only.</param>
    public void Chose(int request, int action, double probe = 0) => (_actions[request], _probes[request]) = (action, probe);

    /// <summary>Hands on every transition that the outcome completes; their next observations have been seen by then.</summary>
    public void Deliver(in Outcome outcome)
    {
        var request = outcome.Request;
        (_rewards[request], _known[request]) = ((float)outcome.Reward, true);
        if (_keeper is not null)
            BudgetKeeper.Charge(_keeper.Of(outcome, _probes[request]), _weights[request], Row(_charges, request, _sum.Length));
        for (var first = Math.Max(0, request - _steps + 1); first <= request; first++)
            if (!_known.AsSpan(first, End(first) - first).Contains(false))
                HandOn(first);
    }

    /// <summary>A window's end is a time limit, not an end: returns that reach it are cut short there and go on from what would have come next.</summary>
    private int End(int first) => Math.Min(first + _steps, _requests);

    private void HandOn(int first)
    {
        var (end, reward) = (End(first), 0f);
        Array.Clear(_sum);
        for (var i = first; i < end; i++)
        {
            reward += _powers[i - first] * _rewards[i];
            for (var c = 0; c < _sum.Length; c++)
                _sum[c] += _powers[i - first] * _charges[i * _sum.Length + c];
        }
        _sink(new Transition(_lane, first, end, Observation(first), Mask(first), _actions[first], reward, _powers[end - first], Observation(end), Mask(end), _sum));
    }

    private static Span<T> Row<T>(T[] rows, int row, int width) => rows.AsSpan(row * width, width);
}
