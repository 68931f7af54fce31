using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;

namespace RlOffload.Agents.Diffusion;

/// <summary>What an update reads and changes: actor and twin critics, the slow copies of all three, and their optimisers.</summary>
internal sealed record DiffusionNetworks(NoiseNetwork Actor, NoiseNetwork SlowActor, Adam ActorAdam, Mlp[] Critics, Mlp[] SlowCritics, Adam[] CriticAdams);

/// <summary>
/// One update of D2SAC (H. Du et al., IEEE TMC 23(9), 2024, arXiv 2303.13052) as a graph, in the order of its code: critics, actor through all steps of the
/// chain, targets. Its critics' target has no entropy, so it is not soft in the Bellman sense.
/// </summary>
internal sealed class DiffusionUpdate
{
    public Graph Graph { get; } = new();

    /// <summary>x_T and z, of s and of s', each [B, A]; standard normal numbers are written here before each run.</summary>
    public Matrix[] Noise { get; }

    public Tensor CriticLoss { get; }
    public Tensor ActorLoss { get; }
    public Tensor Entropy { get; }
    public Tensor MeanQ { get; }
    public Tensor Targets { get; }

    /// <summary>dLoss/dWeights of each critic and of the actor.</summary>
    public IReadOnlyList<Tensor>[] Gradients { get; }

    /// <param name="taught">What a planner would do: the chain's end is fitted to it instead of to the critics. Null while it learns from the return.</param>
    public DiffusionUpdate(DiffusionNetworks n, ReplayBatch batch, DiffusionOptions o, bool keepGradients, TaughtBatch? taught = null)
    {
        var g = Graph;
        Noise = [.. Enumerable.Range(0, 2 * o.Steps).Select(_ => Matrix.Zeros(o.Batch, n.Actor.Actions))];
        Tensor[] noise = [.. Noise.Select((m, i) => g.Input($"noise{i}", m))];
        var (s, next, a) = (g.Input("s", batch.Observations), g.Input("s'", batch.NextObservations), g.Input("a", batch.Actions));
        var (r, discount) = (g.Input("r", batch.Rewards), g.Input("gamma^k (1 - terminated)", batch.Discounts));
        Tensor[] actor = n.Actor.Weights(g, "actor"), slowActor = n.SlowActor.Weights(g, "actor'");
        Network[] q = [.. n.Critics.Select((c, i) => Network.Of(g, $"q{i + 1}", c, x => x.Mish()))];
        Network[] slow = [.. n.SlowCritics.Select((c, i) => Network.Of(g, $"q{i + 1}'", c, x => x.Mish()))];

        // critics  y = r + gamma^k (1 - terminated) sum_b pi'(b|s') min(Q1', Q2')(s',b);   J = mean (Q1 - y)^2 + mean (Q2 - y)^2
        Tensor Logits(Tensor chain, Matrix forbidden, Matrix? prior, string mark)
        {
            var logits = chain + g.Input($"forbidden{mark}", forbidden);
            return prior is { } p ? logits + g.Input($"prior{mark}", p) : logits;
        }
        var logitsNext = Logits(n.SlowActor.Chain(g, slowActor, next, noise[o.Steps..], "actor'"), batch.NextForbidden, batch.NextPrior, "'");
        var qNext = Tensor.Min(slow[0].Forward(next), slow[1].Forward(next));
        Targets = g.Output("y", r + discount * (logitsNext.LogSoftmax().Exp() * qNext).SumColumns());
        Tensor[] losses = [.. q.Select(critic => (critic.ForwardAt(s, a) - Targets).Square().Mean())];
        CriticLoss = g.Output("critic loss", losses[0] + losses[1]);
        MeanQ = g.Output("mean Q", Tensor.Min(q[0].ForwardAt(s, a), q[1].ForwardAt(s, a)).Mean());
        Gradients = [.. losses.Select((loss, i) => Decayed(Engine.Gradients.Of(loss, q[i].Weights), q[i].Weights)), []];
        Network[] q_ = [.. q.Select((critic, i) => n.CriticAdams[i].Step(g, $"q{i + 1}", critic, Gradients[i]))];

        // actor    J = - mean ( alpha H(pi) + sum_a pi(a|s) min(Q1, Q2)(s,a) ),  pi = softmax(x_0), by the critics just updated
        //          imitating: J = - mean log pi(a*|s)
        Tensor LogPolicy(Tensor state, ReplayBatch of, string mark) => Logits(n.Actor.Chain(g, actor, state, noise[..o.Steps], "actor"), of.Forbidden, of.Prior, mark).LogSoftmax();
        var logPi = taught is null ? LogPolicy(s, batch, "") : LogPolicy(g.Input("s*", taught.States.Observations), taught.States, "*");
        var pi = logPi.Exp();
        Entropy = g.Output("entropy", -(pi * logPi).SumColumns().Mean());
        ActorLoss = g.Output("actor loss", taught is null
            ? (pi * (o.Alpha * logPi - Tensor.Min(q_[0].Forward(s), q_[1].Forward(s)))).SumColumns().Mean() : -(g.Input("a*", taught.Chosen) * logPi).SumColumns().Mean());
        Gradients[2] = Decayed(Engine.Gradients.Of(ActorLoss, actor), actor);
        var actor_ = n.ActorAdam.Step(g, "actor", actor, Gradients[2]);

        // targets  theta' += tau (theta - theta')
        foreach (var (target, source) in slow.Zip(q_).SelectMany(pair => pair.First.Weights.Zip(pair.Second.Weights)).Concat(slowActor.Zip(actor_)))
            g.Update(target, target.Lerp(source, o.Tau));
        if (keepGradients)
            foreach (var (i, gradient) in Gradients.SelectMany(x => x).Index())
                g.Output($"gradient {i}", gradient);

        Tensor[] Decayed(Tensor[] gradients, IReadOnlyList<Tensor> weights) =>
            o.WeightDecay == 0 ? gradients : [.. gradients.Select((gradient, i) => gradient + o.WeightDecay * weights[i])];
    }
}
