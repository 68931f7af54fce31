using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Pricing;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>Labelled states drawn from the memory: B states of n numbers, M plans each.</summary>
internal sealed class LabelledBatch(int rows, int state, int plans)
{
    /// <summary>s [B, n], normalised.</summary>
    public Matrix States { get; } = Matrix.Zeros(rows, state);

    /// <summary>phi [B M, K], the plans of a state one after the other.</summary>
    public Matrix Features { get; } = Matrix.Zeros(rows * plans, PlanFeatures.Count);

    /// <summary>[B, M]: label of each plan less that of the one that was played.</summary>
    public Matrix Leads { get; } = Matrix.Zeros(rows, plans);

    /// <summary>[B, M]: 0 where there is a plan, <see cref="ActionMask.Forbidden"/> elsewhere.</summary>
    public Matrix Absent { get; } = Matrix.Zeros(rows, plans);

    /// <param name="multipliers">What a budget's worth is worth as of now: leads drawn are those of today's. Empty without budgets.</param>
    public void Draw(LabelledStates memory, RunningNormaliser normaliser, ReadOnlySpan<float> multipliers, ref Rng rng)
    {
        Leads.Span.Clear();
        Features.Span.Clear();
        Absent.Span.Fill(ActionMask.Forbidden);
        for (var b = 0; b < rows; b++)
        {
            var row = rng.NextInt(memory.Count);
            normaliser.Normalise(memory.State(row), States.Row(b));
            var labels = memory.Labels(row);
            var charges = memory.Charges(row);
            for (var i = 0; i < labels.Length; i++)
            {
                memory.Features(row, i).CopyTo(Features.Row(b * plans + i));
                var lead = labels[i] - labels[0];
                for (var c = 0; c < multipliers.Length; c++)
                    lead -= multipliers[c] * (charges[i * multipliers.Length + c] - charges[c]);
                Leads.Row(b)[i] = lead;
                Absent.Row(b)[i] = 0;
            }
        }
    }
}

/// <summary>
/// One update as a graph: up the expected lead of a softmax over the plans' values, with no sampling of actions, because every plan is labelled.
/// Squared errors of the labels would teach values as well, but then the network bends to plans that nobody would choose (measured).
/// </summary>
internal sealed class HindsightUpdate
{
    public Graph Graph { get; } = new();

    /// <summary>Reward a decision by which the softmax leads who visited.</summary>
    public Tensor Gain { get; }

    /// <summary>Mean probability of the likeliest plan.</summary>
    public Tensor Certainty { get; }

    /// <summary>dLoss/dWeights of the learner, the loss being minus the gain.</summary>
    public IReadOnlyList<Tensor> Gradients { get; }

    public HindsightUpdate(PlanPricing learner, PlanPricing average, Adam adam, LabelledBatch batch, HindsightOptions o, bool keepGradients = false)
    {
        var g = Graph;
        var net = Network.Of(g, "learner", learner.Network);
        var (rows, plans) = (batch.Leads.Rows, batch.Leads.Columns);

        // v(s,a) = (start + net(s) + leaning(s)) . phi(s,a), of which the network learns
        var s = g.Input("s", batch.States);
        var prices = net.Forward(s) + g.Input("start", learner.Start);
        if (learner.Leaning is { } leaning)
            prices += Network.Of(g, "leaning", leaning).Forward(s);
        var v = (g.Input("phi", batch.Features) * prices.RepeatRows(plans)).SumColumns().Reshape(rows, plans);

        // J = mean_s sum_a pi(a|s) ( Q(s,a) - Q(s,played) ),  pi = softmax(v / temperature)
        var pi = (1 / o.Temperature * v + g.Input("absent", batch.Absent)).LogSoftmax().Exp();
        Gain = g.Output("gain", (pi * g.Input("lead", batch.Leads)).SumColumns().Mean());
        Certainty = g.Output("certainty", pi.MaxColumns().Mean());
        Gradients = Engine.Gradients.Of(-Gain, net.Weights);
        var stepped = adam.Step(g, "learner", net, Gradients);

        // average += tau (learner - average)
        var slow = Network.Of(g, "average", average.Network);
        for (var w = 0; w < slow.Weights.Count; w++)
            g.Update(slow.Weights[w], slow.Weights[w].Lerp(stepped.Weights[w], o.Tau));
        if (keepGradients)
            foreach (var (i, gradient) in Gradients.Index())
                g.Output($"gradient {i}", gradient);
    }
}
