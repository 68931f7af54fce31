using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Tests.Agents.Learning;

namespace RlOffload.Tests.Agents.Sac;

/// <summary>
/// The losses of <see cref="DiscreteSac"/> in double, written from their equations alone: networks as functions, no vectors, no backward
/// pass. Of an agent as it was before an update and as it was after, with the batch that the update drew.
/// </summary>
internal sealed class DoubleSac(DiscreteSac agent, DiscreteSac after)
{
    private readonly SacOptions _options = agent.Options;
    private readonly ReplayBatch _batch = after.Batch;
    private readonly DoubleMlp _target1 = new(agent.Networks.Critics[0].Target);
    private readonly DoubleMlp _target2 = new(agent.Networks.Critics[1].Target);
    private readonly double _alpha = agent.Alpha;

    private readonly DoubleMlp _fresh1 = new(after.Networks.Critics[0].Online), _fresh2 = new(after.Networks.Critics[1].Online);

    public DoubleMlp Actor { get; } = new(agent.Actor);
    public DoubleMlp Q1 { get; } = new(agent.Networks.Critics[0].Online);
    public DoubleMlp Q2 { get; } = new(agent.Networks.Critics[1].Online);

    /// <summary>y(b) = r + gamma^k (1 - terminated) [ sum_a pi(a|s') Qbar'(s',a) + zeta alpha H ]</summary>
    public double[] Targets() => [.. Rows().Select(b =>
    {
        var next = _batch.NextObservations.Row(b);
        var pi = Policy(b, next: true);
        var (q1, q2) = (_target1.Forward(next), _target2.Forward(next));
        var value = pi.Select((p, a) => p * Bar(q1[a], q2[a])).Sum() + _options.TargetEntropyWeight * _alpha * Entropy(pi);
        return _batch.Rewards.Row(b)[0] + _batch.Discounts.Row(b)[0] * value;
    })];

    /// <summary>mean_b max( h(Q - y), h(Qc - y) )</summary>
    public double CriticLoss(bool first, double[] targets)
    {
        var (online, target) = first ? (Q1, _target1) : (Q2, _target2);
        return Rows().Average(b =>
        {
            var state = _batch.Observations.Row(b);
            var action = (int)_batch.Actions.Row(b)[0];
            var (q, old) = (online.Forward(state)[action], target.Forward(state)[action]);
            var plain = Huber(q - targets[b]);
            var clipped = old + Math.Clamp(q - old, -_options.QClip, _options.QClip);
            return _options.QClip > 0 ? Math.Max(plain, Huber(clipped - targets[b])) : plain;
        });
    }

    /// <summary>mean_b sum_a pi (alpha log pi - Qbar), by the critics after their step.</summary>
    public double ActorLoss() => Rows().Average(b =>
    {
        var state = _batch.Observations.Row(b);
        var (q1, q2) = (_fresh1.Forward(state), _fresh2.Forward(state));
        return Policy(b, next: false).Select((p, a) => p == 0 ? 0 : p * (_alpha * Math.Log(p) - Bar(q1[a], q2[a]))).Sum();
    });

    /// <summary>mean of H / log |A(s)| over states with a choice.</summary>
    public double NormalisedEntropy() => Rows().Where(b => _batch.EntropyShares.Row(b)[0] > 0)
        .Average(b => Entropy(Policy(b, next: false)) * _batch.EntropyShares.Row(b)[0]);

    /// <summary>log alpha (mean h - rho)</summary>
    public double TemperatureLoss(double logAlpha) => logAlpha * (NormalisedEntropy() - agent.EntropyTarget);

    private IEnumerable<int> Rows() => Enumerable.Range(0, _options.Batch);

    private double[] Policy(int b, bool next)
    {
        var logits = Actor.Forward((next ? _batch.NextObservations : _batch.Observations).Row(b));
        var prior = next ? _batch.NextPrior : _batch.Prior;
        var forbidden = (next ? _batch.NextForbidden : _batch.Forbidden).Row(b);
        var weights = new double[logits.Length];
        for (var a = 0; a < weights.Length; a++)
            weights[a] = forbidden[a] == 0 ? Math.Exp(logits[a] + (prior is { } p ? p.Row(b)[a] : 0)) : 0;
        var sum = Math.Max(weights.Sum(), 1e-300);
        return [.. weights.Select(weight => weight / sum)];
    }

    private static double Entropy(double[] policy) => -policy.Sum(p => p == 0 ? 0 : p * Math.Log(p));

    private double Bar(double q1, double q2) => _options.QBar == QBar.Average ? (q1 + q2) / 2 : Math.Min(q1, q2);

    private double Huber(double error)
    {
        var (size, delta) = (Math.Abs(error), _options.HuberDelta);
        return delta > 0 && size > delta ? delta * (size - delta / 2) : error * error / 2;
    }
}
