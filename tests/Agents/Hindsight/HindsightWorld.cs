using RlOffload.Agents;
using RlOffload.Agents.Hindsight;
using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Tests.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Agents.Hindsight;

/// <summary>Small worlds for learners from counterfactuals, and a training in one.</summary>
internal sealed class HindsightWorld(Scenario scenario, ILinks links)
{
    /// <summary>Bursts of requests: what a plan does to the next ones matters.</summary>
    public static HindsightWorld Bursts => BurstsUnder(null);

    public static HindsightWorld BurstsUnder(BudgetSpec? budgets) => new(TestWorld.Scenario with { Requests = 40, Budgets = budgets }, TestWorld.Varying());

    /// <summary>
    /// A link that is slow or fast for 40 s on end, expected to be slow: who stays on the device never hears of the fast stretches, in which sending
    /// is worth more. Half of the windows are fast.
    /// </summary>
    public static HindsightWorld Silent => new(
        TestWorld.Scenario with
        {
            Requests = 40,
            Arrivals = new ArrivalSpec(ArrivalKind.Periodic, MeanGap: 1),
            Deadlines = new DeadlineSpec(Median: 0.25, Spread: 0),
            Uplink = TestWorld.Scenario.Uplink with { PriorBitsPerSecond = 2e5, ReversionSeconds = 1e3 },
        },
        TestWorld.Traces(RttModel.Constant(20), LinkTrace.FromSamples("slow", [0], [1e5], 100), LinkTrace.FromSamples("fast", [0], [8e6], 100)));

    public OffloadEnvironment Environment(ulong seed) => new(TestWorld.Model(scenario), links, seed);

    public int[] Plans => [.. Enumerable.Range(0, Environment(1).Actions)];

    public AgentView View => new(Environment(1).Model, Plans, PlanDetail.Features);

    public PlannerSetup Planners => new()
    {
        Model = Environment(1).Model,
        Candidates = Plans,
        Training = () => Environment(11),
        TrainingWindows = [.. Enumerable.Range(0, 4)],
    };

    public AgentSetup Setup(int lanes = 1) => new()
    {
        View = View, Seed = 3, Steps = 100_000, ReplayCapacity = 2_000, Lanes = lanes, Planners = () => Planners,
    };

    public TrainingLoop Training(IAgentOptions options, int steps, PidGains? pid = null) => new([Environment(21)], Environment(11), Plans,
        new TrainOptions { Steps = steps, StartSteps = 100, UpdateEvery = 4, ReplayCapacity = 4_000, ValidateEvery = steps / 4, ValidationWindows = 4, Agent = options, Pid = pid }, 5, () => Planners);

    /// <summary>The best policy of a training, mean reward a request on windows of their own, and how many probes it sent there.</summary>
    public (double Reward, int Probes) Learned(IAgentOptions options, int steps)
    {
        var loop = Training(options, steps);
        while (!loop.Done)
            loop.Advance();
        return Play(loop.Best);
    }

    public (double Reward, int Probes) Play(IPolicy policy)
    {
        var environment = Environment(31);
        var (sum, probes) = (0.0, 0);
        for (var window = 0; window < 12; window++)
        {
            Rollout.Begin(environment, policy, window);
            while (!environment.Truncated)
            {
                var plan = policy.Decide(environment.Observation, environment.Mask);
                probes += environment.Model.Table.Plans[plan].Probe ? 1 : 0;
                environment.Step(plan);
            }
            sum += environment.TotalReward;
        }
        return (sum / 12 / environment.Model.Scenario.Requests, probes);
    }
}
