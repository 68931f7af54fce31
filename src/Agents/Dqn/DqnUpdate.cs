using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;

namespace RlOffload.Agents.Dqn;

/// <summary>One update of double DQN (Mnih et al. 2015; H. van Hasselt, A. Guez, D. Silver, AAAI 2016, arXiv 1509.06461) as a graph.</summary>
internal sealed class DqnUpdate
{
    public Graph Graph { get; } = new();
    public Tensor Targets { get; }
    public Tensor Loss { get; }
    public Tensor MeanQ { get; }
    public IReadOnlyList<Tensor> Gradients { get; }

    /// <summary>What of the loss stems from a planner; null while it learns from the return alone.</summary>
    public Tensor? PlannerLoss { get; }

    /// <param name="taught">What a planner would do; null while it learns from the return alone.</param>
    public DqnUpdate(Mlp online, Mlp target, Adam adam, ReplayBatch batch, DqnOptions o, bool keepGradients, TaughtBatch? taught = null)
    {
        var g = Graph;
        var (s, next, a) = (g.Input("s", batch.Observations), g.Input("s'", batch.NextObservations), g.Input("a", batch.Actions));
        var (q, slow) = (Network.Of(g, "q", online), Network.Of(g, "q'", target));

        // y = r + gamma^k (1 - terminated) Q'(s', argmax_b Q(s',b)) over the valid b; equals share
        var priorNext = batch.NextPrior is { } p ? g.Input("prior'", p) : g.Constant(0);
        var valued = q.Forward(next) + priorNext + g.Input("forbidden'", batch.NextForbidden);
        var best = 1 - (valued.MaxColumns() - valued).Step();
        var value = (best * (slow.Forward(next) + priorNext)).SumColumns() / best.SumColumns();
        Targets = g.Output("y", g.Input("r", batch.Rewards) + g.Input("gamma^k (1 - terminated)", batch.Discounts) * value);

        // J = mean h( Q(s,a) - y )
        var taken = q.ForwardAt(s, a);
        if (batch.TakenPrior is { } prior)
            taken += g.Input("prior(a)", prior);
        var loss = (taken - Targets).Huber(o.HuberDelta).Mean();

        // imitating also J_E = mean ( max_b [ Q(s,b) + l (b != a*) ] - Q(s,a*) )   (Hester et al. 2018)
        if (taught is { States: var states })
        {
            var chosen = g.Input("a*", taught.Chosen);
            var values = q.Forward(g.Input("s*", states.Observations));
            if (states.Prior is { } scores)
                values += g.Input("prior*", scores);
            var rivals = values + o.ImitateMargin * (1 - chosen) + g.Input("forbidden*", states.Forbidden);
            PlannerLoss = g.Output("planner loss", (rivals.MaxColumns() - (chosen * values).SumColumns()).Mean());
            loss += PlannerLoss;
        }
        Loss = g.Output("loss", loss);
        MeanQ = g.Output("mean Q", taken.Mean());
        Gradients = Engine.Gradients.Of(Loss, q.Weights);
        var q_ = adam.Step(g, "q", q, Gradients);

        // Q' += tau (Q - Q')
        for (var w = 0; w < slow.Weights.Count; w++)
            g.Update(slow.Weights[w], slow.Weights[w].Lerp(q_.Weights[w], o.Tau));
        if (keepGradients)
            foreach (var (i, gradient) in Gradients.Index())
                g.Output($"gradient {i}", gradient);
    }
}
