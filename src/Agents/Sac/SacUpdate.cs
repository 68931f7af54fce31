using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Pricing;
using RlOffload.Agents.Replay;

namespace RlOffload.Agents.Sac;

/// <summary>What an update reads and changes.</summary>
/// <param name="LogAlpha">One number, log alpha, with its optimiser, which only the published temperature uses.</param>
/// <param name="Rho">[1, 1], the entropy target of this update.</param>
internal sealed record SacNetworks(Mlp Actor, Adam ActorAdam, Critic[] Critics, Parameters LogAlpha, Adam AlphaAdam, Matrix Rho);

/// <summary>
/// One update of masked discrete soft actor-critic (Haarnoja et al. 2018; Christodoulou 2019) as a graph, in the order of the papers: critics, actor, temperature,
/// targets. Every piece of the stable form is a switch of <see cref="SacOptions"/>: averaged twin critics with a clipped loss (arXiv 2209.10081), entropies of
/// critic and actor decoupled (arXiv 2509.09838), temperature by normalised entropy.
/// </summary>
internal sealed class SacUpdate
{
    public Graph Graph { get; } = new();
    public Tensor Targets { get; }
    public Tensor CriticLoss { get; }
    public Tensor ActorLoss { get; }
    public Tensor Entropy { get; }
    public Tensor MeanQ { get; }

    /// <summary>dLoss/dWeights of each critic and of the actor, as far as somebody looks at them.</summary>
    public IReadOnlyList<Tensor>[] Gradients { get; }

    /// <param name="taught">What a planner would do: the actor is fitted to it instead of to the critics. Null while it learns from the return.</param>
    public SacUpdate(SacNetworks n, ReplayBatch batch, SacOptions o, bool keepGradients, TaughtBatch? taught = null)
    {
        var g = Graph;
        var (s, next, a) = (g.Input("s", batch.Observations), g.Input("s'", batch.NextObservations), g.Input("a", batch.Actions));
        var (r, discount) = (g.Input("r", batch.Rewards), g.Input("gamma^k (1 - terminated)", batch.Discounts));
        var actor = Network.Of(g, "actor", n.Actor);
        Network[] q = [.. n.Critics.Select((c, i) => Network.Of(g, $"q{i + 1}", c.Online))], slow = [.. n.Critics.Select((c, i) => Network.Of(g, $"q{i + 1}'", c.Target))];
        var logAlpha = g.Parameter("log alpha", n.LogAlpha[0]);
        var alpha = logAlpha.Exp();
        Tensor? Plans(Matrix? features, string mark) => features is { } f ? g.Input($"phi{mark}", f) : null;
        var (phi, phiNext, phiTaken) = (Plans(batch.Plans, ""), Plans(batch.NextPlans, "'"), Plans(batch.TakenPlan, "(a)"));
        Tensor Values(Network net, Tensor state, Tensor? plans) =>                                            // f(s,.) or net(s) . phi(s,.)
            plans is null ? net.Forward(state) : PricingGraph.Values(net.Forward(state), plans);
        Tensor Taken(Network net) => phiTaken is null ? net.ForwardAt(s, a) : (net.Forward(s) * phiTaken).SumColumns();
        Tensor LogPolicy(Tensor state, Tensor? plans, Matrix forbidden, Matrix? prior, string mark)          // log pi(.|s)
        {
            var logits = Values(actor, state, plans) + g.Input($"forbidden{mark}", forbidden);
            return (prior is { } p ? logits + g.Input($"prior{mark}", p) : logits).LogSoftmax();
        }
        Tensor Bar(Tensor first, Tensor second) => o.QBar == QBar.Average ? 0.5 * (first + second) : Tensor.Min(first, second);

        // critics  y = r + gamma^k (1 - terminated) [ sum_b pi(b|s') Qbar'(s',b) + zeta alpha H(pi(.|s')) ]
        var logPiNext = LogPolicy(next, phiNext, batch.NextForbidden, batch.NextPrior, "'");
        var qNext = Bar(Values(slow[0], next, phiNext), Values(slow[1], next, phiNext));
        if (o.TargetEntropyWeight > 0)
            qNext -= o.TargetEntropyWeight * alpha * logPiNext;
        Targets = g.Output("y", r + discount * (logPiNext.Exp() * qNext).SumColumns());
        //          J_Q = mean max( h(Q - y), h(Qc - y) ),  Qc = Q' + clip(Q - Q', -c, c);  only the action taken enters it
        Tensor LossOf(int i)
        {
            var taken = Taken(q[i]);
            var loss = (taken - Targets).Huber(o.HuberDelta);
            if (o.QClip == 0)
                return loss.Mean();
            var old = Taken(slow[i]);
            return Tensor.Max((old + (taken - old).Clip(-o.QClip, o.QClip) - Targets).Huber(o.HuberDelta), loss).Mean();
        }
        Tensor[] losses = [LossOf(0), LossOf(1)];
        CriticLoss = g.Output("critic loss", 0.5 * (losses[0] + losses[1]));
        MeanQ = g.Output("mean Q", Bar(Taken(q[0]), Taken(q[1])).Mean());
        Gradients = [Engine.Gradients.Of(losses[0], q[0].Weights), Engine.Gradients.Of(losses[1], q[1].Weights), []];
        Network[] q_ = [.. q.Select((critic, i) => n.Critics[i].Adam.Step(g, $"q{i + 1}", critic, Gradients[i]))];

        // actor    J = mean_s sum_a pi(a|s) ( alpha log pi(a|s) - Qbar(s,a) ), by the critics just updated
        Tensor LossByCritics(Tensor logPi) => (logPi.Exp() * (alpha * logPi - Bar(Values(q_[0], s, phi), Values(q_[1], s, phi)))).SumColumns().Mean();
        //          imitating: J = - mean_s log pi(a*|s)
        Tensor LossByPlanner(Tensor logPi) => -(g.Input("a*", taught.Chosen) * logPi).SumColumns().Mean();
        var states = taught?.States ?? batch;
        var logPi = taught is null ? LogPolicy(s, phi, batch.Forbidden, batch.Prior, "")
            : LogPolicy(g.Input("s*", states.Observations), Plans(states.Plans, "*"), states.Forbidden, states.Prior, "*");
        var pi = logPi.Exp();
        ActorLoss = g.Output("actor loss", taught is null ? LossByCritics(logPi) : LossByPlanner(logPi));
        Gradients[2] = Engine.Gradients.Of(ActorLoss, actor.Weights);
        n.ActorAdam.Step(g, "actor", actor, Gradients[2]);

        // temper.  h(s) = H(pi(.|s)) / log |A(s)| over states with a choice;   log alpha += eta (rho - mean h)
        var share = g.Input("1 / log |A(s)|", states.EntropyShares);
        var choices = Tensor.Max(share.Step().Sum(), g.Constant(1));
        var entropy = -(pi * logPi).SumColumns();                                                             // H(pi(.|s))
        Entropy = g.Output("entropy", (entropy * share).Sum() / choices);
        var rho = g.Input("rho", n.Rho);
        if (taught is null && o.Temperature == Temperature.Published)                                         // Adam on J = alpha (H - rho log |A|)
            n.AlphaAdam.Step(g, "log alpha", [logAlpha], [alpha * (share.Step() * (entropy - rho / Tensor.Max(share, g.Constant(1e-6)))).Sum() / choices]);
        else if (taught is null && o.LearningRateAlpha > 0)
            g.Update(logAlpha, (logAlpha + o.LearningRateAlpha * ((rho - Entropy) * Tensor.Min(share.Step().Sum(), g.Constant(1))))
                .Clip(o.LogAlphaLowest, o.LogAlphaHighest));

        // targets  Q' += tau (Q - Q')
        for (var i = 0; i < 2; i++)
            for (var w = 0; w < slow[i].Weights.Count; w++)
                g.Update(slow[i].Weights[w], slow[i].Weights[w].Lerp(q_[i].Weights[w], o.Tau));
        if (keepGradients)
            foreach (var (i, gradient) in Gradients.SelectMany(x => x).Index())
                g.Output($"gradient {i}", gradient);
    }
}
