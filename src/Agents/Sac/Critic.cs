using RlOffload.Agents.Learning;
using RlOffload.Environment;

namespace RlOffload.Agents.Sac;

/// <summary>One of the twin critics: Q(s, .) with an output an action, its slow target Q', and the loss of its temporal difference.</summary>
internal sealed class Critic
{
    private readonly SacOptions _options;
    private readonly MlpPass _here;
    private readonly MlpPass _targetHere;
    private readonly MlpPass _targetNext;
    private readonly Adam _adam;
    private readonly float[] _slopes;

    public Mlp Online { get; }
    public Mlp Target { get; }

    /// <summary>Q(s, .) [B, A] of the last <see cref="Forward"/>.</summary>
    public Matrix Q => _here.Output;

    /// <summary>Q'(s', .) [B, A] of the last <see cref="ForwardNext"/>.</summary>
    public Matrix TargetNext => _targetNext.Output;

    public Parameters Gradient => _here.Gradient;

    public Critic(int observations, int actions, SacOptions options, IMatrixProduct product, ref Rng rng)
    {
        _options = options;
        Online = new Mlp(observations, options.Hidden, actions);
        Online.Initialise(ref rng);
        Target = new Mlp(observations, options.Hidden, actions);
        Online.Parameters.Flat.CopyTo(Target.Parameters.Flat);
        _here = new MlpPass(Online, options.Batch, product, backward: true);
        _targetHere = new MlpPass(Target, options.Batch, product, backward: false);
        _targetNext = new MlpPass(Target, options.Batch, product, backward: false);
        _adam = new Adam(Online.Parameters.Flat.Length, options.LearningRateCritic, options.AdamEpsilon);
        _slopes = new float[options.Batch];
    }

    public void Forward(in Matrix observations)
    {
        _here.Forward(observations);
        if (_options.QClip > 0)
            _targetHere.Forward(observations);
    }

    public void ForwardNext(in Matrix nextObservations) => _targetNext.Forward(nextObservations);

    /// <summary>Mean over the batch of max(h(Q - y), h(Qc - y)), h half the square or Huber's; leaves its gradient.</summary>
    public double Loss(ReplayBatch batch, ReadOnlySpan<float> targets)
    {
        var (clip, loss) = ((float)_options.QClip, 0.0);
        for (var b = 0; b < targets.Length; b++)
        {
            var (action, y) = (batch.Actions[b], targets[b]);
            var q = _here.Output.Row(b)[action];                                    // Q(s,a): only the action taken enters the loss
            var error = q - y;
            var moves = true;
            if (clip > 0)
            {
                var old = _targetHere.Output.Row(b)[action];
                var clipped = old + Math.Clamp(q - old, -clip, clip) - y;           // Qc - y, Qc = Q' + clip(Q - Q', -c, c)
                if (Math.Abs(clipped) > Math.Abs(error))
                    (error, moves) = (clipped, Math.Abs(q - old) < clip);           // dQc/dQ is 0 where the clip holds
            }
            loss += Huber(error, out var slope);
            _slopes[b] = moves ? slope / targets.Length : 0f;
        }
        _here.Backward(batch.Actions, _slopes);
        return loss / targets.Length;
    }

    public void Step()
    {
        _adam.Step(Online.Parameters.Flat, Gradient.Flat);
        Polyak.Blend(Target.Parameters.Flat, Online.Parameters.Flat, _options.Tau);
    }

    private double Huber(float error, out float slope)
    {
        var delta = (float)_options.HuberDelta;
        var linear = delta > 0 && Math.Abs(error) > delta;
        slope = linear ? Math.Sign(error) * delta : error;
        return linear ? delta * (Math.Abs(error) - 0.5 * delta) : 0.5 * error * error;
    }

    public void Save(BinaryWriter writer)
    {
        writer.WriteFloats(Online.Parameters.Flat);
        writer.WriteFloats(Target.Parameters.Flat);
        _adam.Save(writer);
    }

    public void Load(BinaryReader reader)
    {
        reader.ReadFloats(Online.Parameters.Flat);
        reader.ReadFloats(Target.Parameters.Flat);
        _adam.Load(reader);
    }
}
