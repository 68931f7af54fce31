using System.Runtime.CompilerServices;
using RlOffload.Environment.Links;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;

namespace RlOffload.Environment;

/// <param name="Reward">Sum of the rewards of the requests whose outcome became known during the step; see <see cref="OffloadEnvironment.Delivered"/>.</param>
/// <param name="Energy">All energy spent during the step, J.</param>
/// <param name="Misses">Requests missed or dropped that became known during the step.</param>
/// <param name="AccuracyShortfall">Accuracy of the best exit less the answer's, summed over the requests that became known.</param>
/// <param name="Truncated">The window is over; its end is no end of the task, so a learner bootstraps on the last observation.</param>
public readonly record struct StepResult(double Reward, double Energy, int Misses, double AccuracyShortfall, bool Truncated);

/// <summary>
/// The gym-style environment. <see cref="Reset"/> begins a window at its first request; <see cref="Step"/> puts the present request under a
/// plan and goes on to the next arrival. Rewards come when answers come: each <see cref="Outcome"/> names the request it belongs to.
/// After the last request the observation is taken at the arrival that would have come next, then all work left is drained into the score.
/// </summary>
public sealed class OffloadEnvironment : IOutcomeSink
{
    private readonly WindowDraw _draw;
    private readonly Stations _stations;
    private readonly Outcome[] _delivered;
    private readonly bool _forked;
    private int _deliveredCount;
    private (int Misses, double Shortfall) _sums; // over what was delivered
    private bool _powered = true;
    private (long Mine, long Its) _repeats; // moves of both environments when this one last repeated the other's step

    public OffloadEnvironment(CostModel model, ILinks links, ulong seed)
        : this(model, new WindowDraw(model.Scenario, links, seed, model.Table.Images), forked: false) { }

    private OffloadEnvironment(CostModel model, WindowDraw draw, bool forked)
    {
        (Model, _draw, _forked) = (model, draw, forked);
        _stations = new Stations(model, draw) { Sink = this };
        _delivered = new Outcome[model.Scenario.Requests];
    }

    public CostModel Model { get; }

    /// <summary>Number of plans; an action is 0 .. Actions - 1.</summary>
    public int Actions => Model.Count;

    /// <summary>What the device knows at the present request; the same instance after every step.</summary>
    public Observation Observation { get; } = new();

    /// <summary>Plans that can run now.</summary>
    public ReadOnlySpan<bool> Mask => Model.Table.Allowed(_powered);

    /// <summary>
    /// Outcomes that became known during the last step, in the order in which they did. A reset leaves them, so that whoever resets at once
    /// (<see cref="VectorEnvironment"/>) still credits a window's last rewards.
    /// </summary>
    public ReadOnlySpan<Outcome> Delivered => _delivered.AsSpan(0, _deliveredCount);

    public int Window => _draw.Window;
    public bool Truncated { get; private set; } = true;

    /// <summary>Sum of all rewards known since the window began.</summary>
    public double TotalReward => _stations.TotalReward;

    /// <summary>All energy spent, J: work, sending, probes, radio tails, idling.</summary>
    public double TotalEnergy => _stations.Energy;

    /// <summary>All costs of the window that are known.</summary>
    public Costs TotalCosts => _stations.Costs;

    /// <summary>All bytes sent, those of probes and of cancelled transfers included.</summary>
    public double TotalBytesSent => _stations.BytesSent;

    /// <summary>All of the window that no plan can change, its future included: for oracles and for policies with <see cref="IForesight"/>.</summary>
    public WindowDraw Draw => _draw;

    internal Stations Stations => _stations;

    /// <summary>How often the state has changed: equal as long as it is the same.</summary>
    internal long Moves { get; private set; }

    /// <summary>Begins window number <paramref name="window"/>: the same number is the same world, whatever was played before.</summary>
    /// <exception cref="InvalidOperationException">This is a fork: it shares its draws with another environment.</exception>
    public void Reset(int window)
    {
        if (_forked)
            throw new InvalidOperationException("a fork shares the window of the environment it was forked from; use CopyFrom");
        _draw.Draw(window);
        _stations.Reset();
        Truncated = false;
        Moves++;
        MoveTo(0);
    }

    /// <exception cref="InvalidOperationException">The window is over, or the mask forbids the plan.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)] // by itself it is compiled better than as a part of its caller
    public StepResult Step(int plan)
    {
        Require(plan);
        Play(Observation.Request, plan, _stations.TotalReward, _stations.Energy, out var result);
        return result;
    }

    /// <summary>One step from the state of <paramref name="other"/>, as if that one had been taken over first.</summary>
    internal void StepFrom(OffloadEnvironment other, int plan, out StepResult result)
    {
        other.Require(plan);
        _stations.CopyFrom(other._stations);
        Play(other.Observation.Request, plan, other.TotalReward, other.TotalEnergy, out result);
    }

    /// <summary>The same for a plan that begins on the device.</summary>
    /// <param name="shared">What <see cref="ShareFrom"/> made of <paramref name="other"/>.</param>
    internal void StepFrom(OffloadEnvironment other, OffloadEnvironment shared, int plan, out StepResult result)
    {
        other.Require(plan);
        _stations.CopyFrom(shared._stations);
        Deliver(shared);
        _stations.Decide(other.Observation.Request, plan);
        Conclude(other.Observation.Request, other.TotalReward, other.TotalEnergy, out result);
    }

    /// <summary>Plays from the state of <paramref name="other"/> what a step has in common for all plans that begin on the device.</summary>
    /// <param name="plan">Any of these.</param>
    internal void ShareFrom(OffloadEnvironment other, int plan)
    {
        other.Require(plan);
        var request = other.Observation.Request;
        _stations.CopyFrom(other._stations);
        DeliverNothing();
        _stations.AcceptUndecided(request, plan, _draw.ArrivalTimes[request + 1]);
    }

    /// <summary>Whether the step that led here from <paramref name="other"/> may have been the same under another plan that begins on the device.</summary>
    internal bool CanReplan(OffloadEnvironment other) => !Truncated && _stations.CanReplan(other.Observation.Request);

    /// <summary>Takes over an environment with what its last step delivered.</summary>
    internal void Repeat(OffloadEnvironment like)
    {
        CopyFrom(like);
        Deliver(like);
    }

    /// <summary>The step that led from <paramref name="other"/> to <paramref name="like"/> under another plan that begins on the device, where it was the same step.</summary>
    /// <param name="like">Always the same environment; one that <see cref="CanReplan"/>.</param>
    /// <returns>False where it was another one, which is not played.</returns>
    internal bool TryRepeat(OffloadEnvironment other, OffloadEnvironment like, int plan)
    {
        other.Require(plan);
        if (_repeats != (Moves, like.Moves))
            Repeat(like);
        _repeats = (++Moves, like.Moves);
        if (!_stations.Replan(other.Observation.Request, plan))
            return false;
        _stations.ObserveDevice(Observation);
        return true;
    }

    private void DeliverNothing() => (_deliveredCount, _sums) = (0, default);

    /// <summary>Delivers what the other environment's last step delivered.</summary>
    private void Deliver(OffloadEnvironment like)
    {
        like.Delivered.CopyTo(_delivered);
        (_deliveredCount, _sums) = (like._deliveredCount, like._sums);
    }

    private void Require(int plan)
    {
        if (Truncated)
            throw new InvalidOperationException("the window is over; call Reset with the number of the next one");
        if ((uint)plan >= (uint)Mask.Length || !Mask[plan])
            throw new InvalidOperationException($"plan {plan} cannot run now; choose one whose Mask entry is true");
    }

    private void Play(int request, int plan, double reward, double energy, out StepResult result)
    {
        DeliverNothing();
        _stations.Accept(request, plan);
        Conclude(request, reward, energy, out result);
    }

    /// <summary>Goes on to the next arrival.</summary>
    /// <param name="reward">Sum of the rewards until this request.</param>
    /// <param name="energy">Spent until then, J.</param>
    private void Conclude(int request, double reward, double energy, out StepResult result)
    {
        MoveTo(request + 1);
        Truncated = request + 1 == _draw.Requests;
        if (Truncated)
            _stations.Drain();
        Moves++;
        result = new StepResult(_stations.TotalReward - reward, _stations.Energy - energy, _sums.Misses, _sums.Shortfall, Truncated);
    }

    /// <summary>An environment over the same draws, to try things in; see <see cref="CopyFrom"/>.</summary>
    public OffloadEnvironment Fork() => new(Model, _draw, forked: true);

    /// <summary>Takes over the state of the environment that this one was forked from.</summary>
    public void CopyFrom(OffloadEnvironment other)
    {
        if (other._draw != _draw)
            throw new InvalidOperationException("only an environment forked from the same one can take over its state");
        _stations.CopyFrom(other._stations);
        DeliverNothing();
        Moves++;
        Truncated = other.Truncated;
        Observation.CopyFrom(other.Observation);
        _powered = other._powered;
    }

    void IOutcomeSink.Deliver(in Outcome outcome)
    {
        _delivered[_deliveredCount++] = outcome;
        _sums.Misses += outcome.InTime ? 0 : 1;
        _sums.Shortfall += Model.BestAccuracy - outcome.Accuracy;
    }

    private void MoveTo(int request)
    {
        _stations.Advance(_draw.ArrivalTimes[request]);
        var gap = _stations.SinceLastArrival;
        _stations.Arrive();
        Look(request, gap);
    }

    private void Look(int request, double sinceLastArrival)
    {
        _stations.Observe(request, Observation);
        Observation.SinceLastArrival = sinceLastArrival;
        _powered = _stations.BatteryJoules > 0;
    }
}
