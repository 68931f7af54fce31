using RlOffload.Agents;
using RlOffload.Agents.Diffusion;
using RlOffload.Agents.Dqn;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;
using RlOffload.Tests.Agents.Engine;
using RlOffload.Tests.Agents.Hindsight;
using RlOffload.Training;

namespace RlOffload.Tests.Agents.Replay;

public sealed class ImitationTests
{
    private static readonly HindsightWorld World = HindsightWorld.Bursts;

    /// <summary>Learners small enough for seconds; rates as high as they bear.</summary>
    private static IAgentOptions Learner(string name, ImitationOptions imitate) => name switch
    {
        "sac" => new SacOptions { Batch = 64, Hidden = [64, 64], LearningRateActor = 3e-3, AlphaStart = 0.01, EntropyTargetStart = 0.1, EntropyTargetEnd = 0.02, Imitate = imitate },
        "d2sac" => new DiffusionOptions { Batch = 32, Hidden = 64, LearningRateActor = 3e-3, Imitate = imitate },
        _ => new DqnOptions { Batch = 64, Hidden = [64, 64], LearningRate = 3e-3, ExplorationStart = 0.1, Imitate = imitate },
    };

    [Theory, InlineData("sac"), InlineData("d2sac"), InlineData("dqn")]
    public void WhoHasImitatedAPlannerPlaysAsItDoes(string name)
    {
        var loop = World.Training(Learner(name, new ImitationOptions("priced", 4_000, 1_500)), 4_000);
        var (planner, _) = World.Play(PricedPlanner.Tuned(World.Planners));
        var before = Agreement(loop);
        while (!loop.Done)
            loop.Advance();
        var (after, _) = World.Play(new LearnedPolicy(name, loop.Agent.Policy, loop.Best.View));
        Assert.True(after > planner - 0.02, $"planner {planner}, learner {after}");
        Assert.InRange(Agreement(loop), Math.Max(0.8, before + 0.2), 1);
    }

    [Theory, InlineData("sac"), InlineData("dqn")]
    public void ThenItLearnsOnFromTheTrueReturn(string name)
    {
        var loop = World.Training(Learner(name, new ImitationOptions("priced", 3_000, 1_000)), 12_000);
        var (planner, _) = World.Play(PricedPlanner.Tuned(World.Planners));
        while (!loop.Done)
            loop.Advance();
        var (learned, _) = World.Play(loop.Best);
        Assert.True(learned > planner, $"planner {planner}, learned {learned}");
    }

    /// <summary>Share of the states that the planner visits in which the learner would do the same.</summary>
    private static double Agreement(TrainingLoop loop)
    {
        var (environment, planner, learner) = (World.Environment(31), PricedPlanner.Tuned(World.Planners), new LearnedPolicy("l", loop.Agent.Policy, loop.Best.View));
        var (same, all) = (0.0, 0);
        for (var window = 0; window < 6; window++)
            for (environment.Reset(window); !environment.Truncated; all++)
            {
                var plan = planner.Decide(environment.Observation, environment.Mask);
                same += plan == learner.Decide(environment.Observation, environment.Mask) ? 1 : 0;
                environment.Step(plan);
            }
        return same / all;
    }

    [Theory]
    [InlineData("sac", 3), InlineData("sac", 8), InlineData("d2sac", 3), InlineData("d2sac", 8), InlineData("dqn", 3), InlineData("dqn", 8)]
    public void ALoadedTrainingGoesOnBitForBitWhileItImitatesAndAfterwards(string name, int windows)
    {
        TrainingLoop Loop() => World.Training(Learner(name, new ImitationOptions("priced", 250, 60)), 400);
        var (whole, resumed) = (Loop(), Loop());
        for (var w = 0; w < windows; w++)
            whole.Advance();
        using (var reader = new BinaryReader(new MemoryStream(Saved(whole))))
            resumed.Load(reader, "checkpoint.bin");
        while (!whole.Done)
            Assert.Equal(whole.Advance().Measures, resumed.Advance().Measures);
        Assert.Equal(Saved(whole), Saved(resumed));
    }

    [Fact]
    public void ThePlannerActsAtFirstAndTheLearnerInTheEndAndBothAreTaughtBy()
    {
        var setup = World.Setup() with { View = new AgentView(World.View.Model, World.Plans) };
        var learner = new DoubleDqn(setup.View.Size, setup.View.Actions, new DqnOptions { Batch = 8, Hidden = [8] }, 1);
        learner.Network.Layers[^1].Bias.Row(0)[1] = 50; // always the second plan
        var imitation = Imitation.Of(setup, new ImitationOptions("priced", 1_000, 10), prior: false)!;
        var (environment, planner) = (World.Environment(1), PricedPlanner.Tuned(World.Planners));
        var (observation, mask) = (new float[setup.View.Size], new bool[setup.View.Actions]);
        environment.Reset(0);
        imitation.Begin(environment, 0);
        setup.View.Write(environment.Observation, environment.Mask, observation, mask);
        var taught = setup.View.Plans.IndexOf(planner.Decide(environment.Observation, environment.Mask));
        Assert.NotEqual(1, taught);
        var count = new Dictionary<(int Step, int Action), int>();
        foreach (var step in new[] { 0, 500, 999 })
            for (var i = 0; i < 400; i++)
            {
                var rng = Rng.Keyed(1, (ulong)step, (ulong)i, RngPurpose.Explore);
                var action = imitation.Choose(new Moment(environment, 0, 0, step, observation, mask), learner, default, ref rng);
                count[(step, action)] = count.GetValueOrDefault((step, action)) + 1;
            }
        Assert.InRange(count[(0, taught)], 350, 400);
        Assert.InRange(count[(500, taught)], 140, 240);
        Assert.InRange(count[(500, 1)], 140, 240);
        Assert.InRange(count[(999, 1)], 350, 400);
        Assert.True(imitation.Covers(999) && !imitation.Covers(1_000));
    }

    [Fact]
    public void UpdatesAreSpreadOverTheDecisionsAndNoneIsLeftOut()
    {
        var counting = new CountingLearner();
        var imitation = Imitation.Of(World.Setup() with { View = new AgentView(World.View.Model, World.Plans) }, new ImitationOptions("priced", 100, 30), prior: false)!;
        var replay = Filled(imitation, counting);
        Assert.True(imitation.Learn(10, counting, replay, []));
        Assert.Equal(3, counting.Imitated);
        Assert.True(imitation.Learn(50, counting, replay, []));
        Assert.Equal(15, counting.Imitated);
        Assert.False(imitation.Learn(104, counting, replay, []));
        Assert.Equal(30, counting.Imitated);
        Assert.False(imitation.Learn(108, counting, replay, []));
        Assert.Equal(30, counting.Imitated);
    }

    [Fact]
    public void ThePolicysLossIsTheCrossEntropyOfThePlannersChoices()
    {
        var (replay, taught) = Buffers();
        var sac = new DiscreteSac(2, 3, new SacOptions { Batch = 8, Hidden = [8] }, 1);
        sac.Imitate(replay, taught, 0, new double[5]);
        var (referee, lesson) = (new DoubleEngine(sac.Lesson!.Update.Graph), sac.Lesson);
        referee.Run();
        var logits = new float[3];
        var expected = 0.0;
        for (var b = 0; b < 8; b++)
        {
            sac.Actor.Forward(lesson.Taught.States.Observations.Row(b), logits);
            var valid = Enumerable.Range(0, 3).Where(a => lesson.Taught.States.Forbidden.Row(b)[a] == 0).ToList();
            var chosen = (int)lesson.Taught.States.Actions.Row(b)[0];
            Assert.Equal(Enumerable.Range(0, 3).Select(a => a == chosen ? 1f : 0), lesson.Taught.Chosen.Row(b).ToArray());
            expected += (Math.Log(valid.Sum(a => Math.Exp(logits[a]))) - logits[chosen]) / 8;
        }
        Assert.Equal(expected, referee[lesson.Update.ActorLoss][0, 0], 1e-5);
    }

    [Fact]
    public void ThePlannersChoiceHasToLeadAllOtherValuesByTheMargin()
    {
        var (replay, taught) = Buffers();
        var dqn = new DoubleDqn(2, 3, new DqnOptions { Batch = 8, Hidden = [8], ImitateMargin = 0.3 }, 1);
        dqn.Imitate(replay, taught, 0, new double[3]);
        var (referee, lesson) = (new DoubleEngine(dqn.Lesson!.Update.Graph), dqn.Lesson);
        referee.Run();
        var values = new float[3];
        var expected = 0.0;
        for (var b = 0; b < 8; b++)
        {
            dqn.Network.Forward(lesson.Taught.States.Observations.Row(b), values);
            var chosen = (int)lesson.Taught.States.Actions.Row(b)[0];
            expected += (Enumerable.Range(0, 3).Where(a => lesson.Taught.States.Forbidden.Row(b)[a] == 0).Max(a => values[a] + (a == chosen ? 0 : 0.3)) - values[chosen]) / 8;
        }
        Assert.Equal(expected, referee[lesson.Update.PlannerLoss!][0, 0], 1e-5);
        Assert.True(expected > 0);
    }

    [Theory, InlineData("sac"), InlineData("d2sac"), InlineData("dqn")]
    public void AnUpdateAllocatesNothingOnceItIsMade(string name)
    {
        var (replay, taught) = Buffers();
        IReplayLearner learner = name switch
        {
            "sac" => new DiscreteSac(2, 3, new SacOptions { Batch = 8, Hidden = [8] }, 1),
            "d2sac" => new DiffusionSac(2, 3, new DiffusionOptions { Batch = 8, Hidden = 8 }, 1),
            _ => new DoubleDqn(2, 3, new DqnOptions { Batch = 8, Hidden = [8] }, 1),
        };
        var measures = new double[learner.Measures.Count];
        learner.Imitate(replay, taught, 0, measures);
        learner.Imitate(replay, taught, 1, measures);
        var before = GC.GetAllocatedBytesForCurrentThread();
        learner.Imitate(replay, taught, 2, measures);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void WhatIsOutOfRangeIsNamed()
    {
        var refused = Assert.Throws<InputException>(() => new DqnOptions { Imitate = new("oracle", 0, 0), ImitateMargin = -1 }.Validated("c.yaml", "train.dqn"));
        Assert.Equal(4, refused.Problems.Count);
        Assert.Contains("c.yaml:train.dqn.imitate: is oracle, allowed is none, priced, probe-rule, mpc, best", refused.Problems);
    }

    private static (ReplayBuffer Replay, ReplayBuffer Taught) Buffers()
    {
        ReplayBuffer replay = new(8, 2, 3), taught = new(8, 2, 3);
        var rng = new Rng(4);
        for (var i = 0; i < 8; i++)
        {
            bool[] mask = [true, i % 2 == 0, true];
            replay.Add([(float)rng.NextGaussian(), 1], mask, 2 * (i % 2), i, 0.9f, [(float)rng.NextGaussian(), 0], mask, terminated: false);
            taught.Add([(float)rng.NextGaussian(), 1], mask, i % 2 == 0 ? 1 : 2, 0, 0, [0, 0], mask, terminated: true);
        }
        return (replay, taught);
    }

    /// <summary>A replay with a transition, after a state was taught.</summary>
    private static ReplayBuffer Filled(Imitation imitation, IReplayLearner learner)
    {
        var view = new AgentView(World.View.Model, World.Plans);
        var environment = World.Environment(1);
        var (observation, mask, rng) = (new float[view.Size], new bool[view.Actions], new Rng(1));
        environment.Reset(0);
        imitation.Begin(environment, 0);
        view.Write(environment.Observation, environment.Mask, observation, mask);
        var action = imitation.Choose(new Moment(environment, 0, 0, 0, observation, mask), learner, default, ref rng);
        var replay = new ReplayBuffer(4, view.Size, view.Actions);
        replay.Add(observation, mask, action, 0, 0, observation, mask, terminated: true);
        return replay;
    }

    private sealed class CountingLearner : IReplayLearner
    {
        public int Imitated { get; private set; }
        public RunningNormaliser Normaliser { get; } = new(1, 1);
        public double Gamma => 0.9;
        public int Actions => World.Plans.Length;
        public IReadOnlyList<string> Measures => [];

        public void Imitate(ReplayBuffer replay, ReplayBuffer taught, long number, Span<double> measures)
        {
            Assert.Equal(Imitated, number);
            Imitated++;
        }

        public int Explore(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, ref Rng rng) => mask.IndexOf(true);

        public void Logits(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, ReadOnlySpan<float> prior, Span<float> logits) => logits.Clear();

        public RlOffload.Onnx.OnnxModel Lower() => throw new NotSupportedException();

        public void Update(ReplayBuffer replay, Span<double> measures) => throw new NotSupportedException();

        public void Save(BinaryWriter writer) => throw new NotSupportedException();

        public void Load(BinaryReader reader, string file) => throw new NotSupportedException();
    }

    private static byte[] Saved(TrainingLoop loop)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory))
            loop.Save(writer);
        return memory.ToArray();
    }
}
