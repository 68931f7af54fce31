using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Sac;

/// <summary>
/// Masked discrete soft actor-critic (Haarnoja et al. 2018; Christodoulou 2019) in the stable form that later work found: averaged twin
/// critics with a clipped loss (arXiv 2209.10081), critic and actor entropy decoupled (arXiv 2509.09838), temperature by normalised
/// entropy. All gradients of an update are taken at the same parameters. Single thread; the same seed and replay give the same bits.
/// </summary>
public sealed partial class DiscreteSac
{
    private readonly SacOptions _options;
    private readonly Critic _q1, _q2;
    private readonly Adam _actorAdam;
    private readonly MlpPass _actorHere, _actorNext;
    private readonly ReplayBatch _batch;
    private readonly Matrix _policy, _logPolicy, _nextPolicy, _nextLogPolicy;
    private readonly float[] _targets, _entropy, _nextEntropy;
    private ulong _seed;
    private double _logAlpha;

    /// <summary>One update: draws a batch, steps critics, actor and temperature. Allocates nothing.</summary>
    public SacMetrics Update(ReplayBuffer replay)
    {
        Draw(replay);
        var alpha = Math.Exp(_logAlpha);

        // critic   y = r + gamma^k (1 - terminated) [ sum_b pi'(b|s') Qbar'(s',b) + zeta alpha H(pi(.|s')) ]
        _actorNext.Forward(_batch.NextObservations);
        MaskedSoftmax.Rows(_actorNext.Output, _batch.NextPrior, _batch.NextForbidden, _nextPolicy, _nextLogPolicy, _nextEntropy);
        _q1.ForwardNext(_batch.NextObservations);
        _q2.ForwardNext(_batch.NextObservations);
        for (var b = 0; b < _targets.Length; b++)
        {
            var value = ExpectedQ(_nextPolicy.PaddedRow(b), _q1.TargetNext.PaddedRow(b), _q2.TargetNext.PaddedRow(b))
                + (float)(_options.TargetEntropyWeight * alpha) * _nextEntropy[b];
            _targets[b] = _batch.Rewards[b] + _batch.Discounts[b] * value;
        }
        _q1.Forward(_batch.Observations);
        _q2.Forward(_batch.Observations);
        var criticLoss = 0.5 * (_q1.Loss(_batch, _targets) + _q2.Loss(_batch, _targets));

        // actor    J = mean_s sum_a pi(a|s) ( alpha log pi(a|s) - Qbar(s,a) )
        _actorHere.Forward(_batch.Observations);
        MaskedSoftmax.Rows(_actorHere.Output, _batch.Prior, _batch.Forbidden, _policy, _logPolicy, _entropy);
        var actorLoss = ActorLoss((float)alpha);
        _actorHere.Backward();

        // temper.  h(s) = H(pi(.|s)) / log |A(s)|;   log alpha += eta (rho - mean h)
        var h = NormalisedEntropy();
        var metrics = new SacMetrics(criticLoss, actorLoss, alpha, h ?? 0, MeanQ());
        _logAlpha -= _options.LearningRateAlpha * TemperatureGradient(h);
        _logAlpha = Math.Clamp(_logAlpha, _options.LogAlphaLowest, _options.LogAlphaHighest);

        _q1.Step();
        _q2.Step();
        _actorAdam.Step(Actor.Parameters.Flat, _actorHere.Gradient.Flat);
        Updates++;
        return metrics;
    }

    private void Draw(ReplayBuffer replay)
    {
        if (replay.Observations != Actor.Inputs || replay.Actions != Actor.Outputs || replay.HasPrior != _options.UsePrior)
            throw new ArgumentException("the replay holds other observations, actions or priors than this agent", nameof(replay));
        // Keyed by the update, so a checkpoint needs no generator state.
        var rng = Rng.Keyed(_seed, (ulong)Updates, 0, RngPurpose.Replay);
        replay.Sample(ref rng, _batch);
        Normaliser.Normalise(_batch.Observations);
        Normaliser.Normalise(_batch.NextObservations);
    }

    /// <summary>sum_a pi(a) Qbar(a)</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float ExpectedQ(ReadOnlySpan<float> pi, ReadOnlySpan<float> q1, ReadOnlySpan<float> q2)
    {
        var sum = new LaneSum(stackalloc float[Matrix.Padding]);
        for (var j = 0; j < pi.Length; j += Vector<float>.Count)
            sum.Add(j, new Vector<float>(pi[j..]) * Bar(new Vector<float>(q1[j..]), new Vector<float>(q2[j..])));
        return sum.Total();
    }

    /// <summary>J, and its gradient by the logits: dJ/dz_j = pi_j (f_j - sum_a pi_a f_a) / B with f = alpha log pi - Qbar held as a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double ActorLoss(float alpha)
    {
        var loss = 0.0;
        var scale = 1f / _options.Batch;
        Span<float> lanes = stackalloc float[Matrix.Padding];
        for (var b = 0; b < _options.Batch; b++)
        {
            ReadOnlySpan<float> pi = _policy.PaddedRow(b), logPi = _logPolicy.PaddedRow(b);
            ReadOnlySpan<float> q1 = _q1.Q.PaddedRow(b), q2 = _q2.Q.PaddedRow(b);
            var gradient = _actorHere.OutputGradient.PaddedRow(b);
            var sum = new LaneSum(lanes);
            for (var j = 0; j < pi.Length; j += Vector<float>.Count)
            {
                var f = alpha * new Vector<float>(logPi[j..]) - Bar(new Vector<float>(q1[j..]), new Vector<float>(q2[j..]));
                f.CopyTo(gradient[j..]);
                sum.Add(j, new Vector<float>(pi[j..]) * f);
            }
            var mean = sum.Total();
            for (var j = 0; j < pi.Length; j += Vector<float>.Count)
                (new Vector<float>(pi[j..]) * (new Vector<float>(gradient[j..]) - new Vector<float>(mean)) * scale).CopyTo(gradient[j..]);
            loss += mean;
        }
        return loss / _options.Batch;
    }

    /// <summary>Mean over the states with a choice; null where no state has one (log 1 = 0 has no share).</summary>
    private double? NormalisedEntropy()
    {
        var (sum, states) = (0.0, 0);
        for (var b = 0; b < _entropy.Length; b++)
        {
            if (_batch.Choices[b] < 2)
                continue;
            sum += _entropy[b] / Math.Log(_batch.Choices[b]);
            states++;
        }
        return states > 0 ? sum / states : null;
    }

    /// <summary>d/d(log alpha) of log alpha (mean h - rho), rho falling from its start to its end.</summary>
    internal double TemperatureGradient(double? entropy) => entropy is { } h ? h - EntropyTarget : 0;

    private double MeanQ()
    {
        var sum = 0.0;
        for (var b = 0; b < _options.Batch; b++)
        {
            var (q1, q2) = (_q1.Q.Row(b)[_batch.Actions[b]], _q2.Q.Row(b)[_batch.Actions[b]]);
            sum += _options.QBar == QBar.Average ? 0.5 * (q1 + q2) : Math.Min(q1, q2);
        }
        return sum / _options.Batch;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<float> Bar(Vector<float> q1, Vector<float> q2) =>
        _options.QBar == QBar.Average ? 0.5f * (q1 + q2) : Vector.Min(q1, q2);
}
