using Microsoft.ML.OnnxRuntime;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Onnx;

namespace RlOffload.Tests.Agents.Learning;

public sealed class PolicyGraphTests
{
    private const int Observations = 23;
    private const int Actions = 37;

    [Theory, InlineData(false), InlineData(true)]
    public void OnnxRuntimeDecidesAsTheAgentDoes(bool usePrior)
    {
        var agent = Trained(usePrior);
        using var session = new InferenceSession(PolicyGraph.Of(agent.Actor, agent.Normaliser, usePrior).ToBytes());
        var rng = new Rng(4);
        var logits = new float[Actions];
        for (var i = 0; i < 200; i++)
        {
            // Far outside what was seen now and then, so that the clip is met.
            var observation = Noise(ref rng, Observations, i % 5 == 0 ? 1000 : 2);
            var mask = Mask(ref rng);
            var prior = usePrior ? Noise(ref rng, Actions, 3) : [];
            agent.Logits(observation, mask, logits, prior);
            var exported = Run(session, observation, mask, prior);

            var scale = logits.Where((_, a) => mask[a]).Max(Math.Abs);
            for (var a = 0; a < Actions; a++)
                Assert.InRange(exported[a] - logits[a], mask[a] ? -1e-5f * scale : 0, mask[a] ? 1e-5f * scale : 0);
            Assert.Equal(agent.Act(observation, mask, ref rng, greedy: true, prior), Array.IndexOf(exported, exported.Max()));
        }
    }

    [Fact]
    public void TheGraphSurvivesItsFile()
    {
        var model = Graph();
        var bytes = model.ToBytes();
        Assert.Equal(bytes, OnnxModel.Parse(bytes, "policy").ToBytes());
        Assert.Equal(bytes, Graph().ToBytes());
        Assert.Equal(["observation", "mask"], model.Proto.Graph.Input.Select(input => input.Name));
        Assert.Equal(["logits"], model.Proto.Graph.Output.Select(output => output.Name));
    }

    private static OnnxModel Graph()
    {
        var agent = Trained(usePrior: false);
        return PolicyGraph.Of(agent.Actor, agent.Normaliser, prior: false);
    }

    private static DiscreteSac Trained(bool usePrior)
    {
        var options = new SacOptions { Hidden = [48, 31], Batch = 32, ActorOutputScale = 1, PriorWeight = usePrior ? 1 : 0 };
        var agent = new DiscreteSac(Observations, Actions, options, 3);
        var replay = new ReplayBuffer(100, Observations, Actions, usePrior);
        var rng = new Rng(6);
        for (var i = 0; i < 100; i++)
        {
            var (observation, mask) = (Noise(ref rng, Observations, 5), Mask(ref rng));
            agent.Normaliser.Observe(observation);
            replay.Add(
                observation, mask, mask.IndexOf(true), 1f, 0.9f, Noise(ref rng, Observations, 5), Mask(ref rng), false,
                Noise(ref rng, usePrior ? Actions : 0, 1), Noise(ref rng, usePrior ? Actions : 0, 1));
        }
        for (var i = 0; i < 20; i++)
            agent.Update(replay);
        return agent;
    }

    private static float[] Run(InferenceSession session, float[] observation, bool[] mask, float[] prior)
    {
        using var state = OrtValue.CreateTensorValueFromMemory(observation, [1, observation.Length]);
        using var valid = OrtValue.CreateTensorValueFromMemory(mask.Select(value => value ? 1f : 0f).ToArray(), [1, Actions]);
        using var scores = OrtValue.CreateTensorValueFromMemory(prior, [1, prior.Length]);
        var inputs = new Dictionary<string, OrtValue> { ["observation"] = state, ["mask"] = valid };
        if (prior.Length > 0)
            inputs["prior"] = scores;
        using var options = new RunOptions();
        using var results = session.Run(options, inputs, ["logits"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static float[] Noise(ref Rng rng, int count, double scale)
    {
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = (float)(scale * rng.NextGaussian());
        return values;
    }

    private static bool[] Mask(ref Rng rng)
    {
        var mask = new bool[Actions];
        foreach (ref var valid in mask.AsSpan())
            valid = rng.NextDouble() < 0.6;
        mask[rng.NextInt(Actions)] = true;
        return mask;
    }
}
