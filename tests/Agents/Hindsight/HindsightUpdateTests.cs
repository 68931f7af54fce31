using RlOffload.Agents.Engine;
using RlOffload.Agents.Hindsight;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;
using RlOffload.Tests.Golden;

namespace RlOffload.Tests.Agents.Hindsight;

public sealed class HindsightUpdateTests
{
    private static readonly HindsightOptions Options = new() { Hidden = [8], Batch = 32, Temperature = 0.2, LearningRate = 1e-2, Refine = new() };

    private readonly PlanPricing _learner = Options.Pricing(HindsightWorld.Bursts.View), _average = Options.Pricing(HindsightWorld.Bursts.View);
    private readonly LabelledBatch _batch;
    private readonly HindsightUpdate _update;
    private readonly Adam _adam;
    private readonly Executor _engine;

    public HindsightUpdateTests()
    {
        var rng = new Rng(1);
        _learner.Begin(new StationPrices(0.2, 0.3), 0.6, ref rng);
        _learner.Network.Initialise(ref rng);
        var other = new Rng(2);
        _learner.Leaning!.Initialise(ref other, 0.02);
        _batch = new LabelledBatch(Options.Batch, _learner.State, plans: 3);
        _batch.Draw(Memory(_learner.State), _learner.Normaliser, [], ref rng);
        _adam = new Adam(_learner.Network.Parameters, Options.LearningRate, 1e-8);
        _update = new HindsightUpdate(_learner, _average, _adam, _batch, Options);
        _engine = new Executor(_update.Graph);
    }

    [Fact]
    public void TheGainIsTheExpectedLeadOfASoftmaxOverThePlansThatAreThere()
    {
        var (gain, certainty) = (0.0, 0.0);
        float[] prices = new float[PlanFeatures.Count], leaning = new float[PlanFeatures.Count];
        for (var b = 0; b < Options.Batch; b++)
        {
            _learner.Network.Forward(_batch.States.Row(b), prices);
            _learner.Leaning!.Forward(_batch.States.Row(b), leaning);
            var weights = new double[3];
            for (var i = 0; i < 3; i++)
                if (_batch.Absent.Row(b)[i] == 0)
                    weights[i] = Math.Exp(Enumerable.Range(0, PlanFeatures.Count)
                        .Sum(k => ((double)prices[k] + leaning[k] + _learner.Start.Row(0)[k]) * _batch.Features.Row(3 * b + i)[k]) / Options.Temperature);
            gain += Enumerable.Range(0, 3).Sum(i => weights[i] * _batch.Leads.Row(b)[i]) / weights.Sum() / Options.Batch;
            certainty += weights.Max() / weights.Sum() / Options.Batch;
        }
        _adam.Advance();
        _engine.Run();
        Assert.Equal(gain, _engine.Read(_update.Gain).Row(0)[0], 1e-5);
        Assert.Equal(certainty, _engine.Read(_update.Certainty).Row(0)[0], 1e-5);
    }

    public static TheoryData<string, string> Cases => GoldenFile.Cases(["hindsight"]);

    /// <summary>tests/golden/make_hindsight_goldens.py made them from the same weights and batches.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void TheFirstGradientsAndTheWeightsAfterOneAndAHundredUpdatesAreThoseOfPyTorchInFloat64(string form, string engine)
    {
        const int rows = 24, plans = 7, batches = 3;
        var golden = new GoldenFile(form);
        var o = new HindsightOptions { Hidden = [12], Batch = rows };
        var (learner, average) = (o.Pricing(HindsightWorld.Bursts.View), o.Pricing(HindsightWorld.Bursts.View));
        (string Name, Parameters Weights)[] networks = [("learner", learner.Network.Parameters), ("average", average.Network.Parameters)];
        foreach (var (name, weights) in networks)
            for (var i = 0; i < weights.Names.Count; i++)
                golden.Fill(weights[i], $"{name}.{i}");
        golden.Fill(learner.Start, "start.0");
        var adam = new Adam(learner.Network.Parameters, o.LearningRate, 1e-8);
        var batch = new LabelledBatch(rows, learner.State, plans);
        var update = new HindsightUpdate(learner, average, adam, batch, o, keepGradients: true);
        using var ran = Engines.Of(engine)(update.Graph);

        for (var k = 0; k < 100; k++)
        {
            foreach (var (matrix, name) in new[] { (batch.States, "s"), (batch.Features, "phi"), (batch.Leads, "lead") })
                golden.Fill(matrix, $"batch{k % batches}.{name}");
            golden.FillMask(batch.Absent, $"batch{k % batches}.there");
            adam.Advance();
            ran.Run();
            if (k > 0)
                continue;
            Assert.InRange(update.Gradients.Select((g, i) => golden.Off(ran.Read(g), $"gradient.learner.{i}")).Max(), 0, 1e-5);
            Assert.InRange(networks.Max(n => golden.Off(n.Weights, $"after1.{n.Name}")), 0, 3 * golden.Float32Error("after1"));
        }
        Assert.InRange(networks.Max(n => golden.Off(n.Weights, $"after100.{n.Name}")), 0, 3 * golden.Float32Error("after100"));
    }

    [Fact]
    public void LeadsAreThoseOfTodaysMultipliers()
    {
        var memory = new LabelledStates(1, _learner.State, 3, charges: 2);
        var row = memory.Add(new float[_learner.State], 3);
        ((ReadOnlySpan<float>)[5, 6, 7]).CopyTo(memory.Labels(row));
        ((ReadOnlySpan<float>)[1, 2, 3, 2, 0, 4]).CopyTo(memory.Charges(row));
        var batch = new LabelledBatch(1, _learner.State, plans: 3);
        var rng = new Rng(1);
        batch.Draw(memory, _learner.Normaliser, [0, 0], ref rng);
        Assert.Equal([0f, 1, 2], batch.Leads.Row(0).ToArray());
        batch.Draw(memory, _learner.Normaliser, [0.5f, 0.25f], ref rng);
        Assert.Equal([0f, 1 - 0.5f * 2, 2 - 0.5f * -1 - 0.25f * 2], batch.Leads.Row(0).ToArray());
    }

    [Fact]
    public void StepsRaiseTheGainToThatOfTheBestPlansAndTheAverageFollows()
    {
        double gain = 0;
        for (var i = 0; i < 400; i++)
        {
            _adam.Advance();
            _engine.Run();
            gain = _engine.Read(_update.Gain).Row(0)[0];
        }
        var best = Enumerable.Range(0, Options.Batch).Average(b => _batch.Leads.Row(b).ToArray().Max());
        Assert.InRange(gain, 0.9 * best, best);
        var (learner, average) = (_learner.Network.Parameters.ToDense(), _average.Network.Parameters.ToDense());
        Assert.True(learner.Zip(average).Sum(p => Math.Abs(p.First - p.Second)) < 0.5 * learner.Sum(Math.Abs));
    }

    /// <summary>Two plans in every second state, three in the others; which is best depends on the first number of the state.</summary>
    private static LabelledStates Memory(int state)
    {
        var memory = new LabelledStates(64, state, 3);
        var rng = new Rng(5);
        for (var s = 0; s < 64; s++)
        {
            var observed = new float[state];
            observed[0] = s % 4 < 2 ? 1 : -1;
            var row = memory.Add(observed, 2 + s % 2);
            for (var i = 0; i < 2 + s % 2; i++)
            {
                for (var k = 0; k < PlanFeatures.Count; k++)
                    memory.Features(row, i)[k] = (float)rng.NextGaussian();
                memory.Labels(row)[i] = observed[0] * memory.Features(row, i)[3];
            }
        }
        return memory;
    }
}
