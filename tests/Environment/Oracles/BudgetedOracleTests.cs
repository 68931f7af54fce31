using RlOffload.Environment;
using RlOffload.Environment.Oracles;
using RlOffload.Environment.Plans;

namespace RlOffload.Tests.Environment.Oracles;

public sealed class BudgetedOracleTests
{
    private const int Width = 6;
    private static readonly int[] Windows = [0, 1, 2, 3, 4, 5];

    private static readonly Scenario Plain = TestWorld.Scenario with
    {
        Radio = new RadioSpec(TailWatts: 0.5, TailSeconds: 0.3), Arrivals = new ArrivalSpec(ArrivalKind.Poisson, 0.5),
        Reward = TestWorld.Scenario.Reward with { LatencyWeight = 0.5 }, Requests = 20,
    };

    /// <summary>Shares of what the free oracle spends that may be spent.</summary>
    public static TheoryData<double, double> Binding => new() { { 0.8, double.PositiveInfinity }, { double.PositiveInfinity, 0.7 }, { 0.97, 2 } };

    [Theory]
    [MemberData(nameof(Binding))]
    public void ItKeepsTheBudgetsAndNoPolicyThatDoesEarnsMore(double energy, double shortfall)
    {
        var free = Solve(new BudgetSpec(EnergyJoules: 100));
        var budgets = new BudgetSpec(energy * free.Costs.Energy, AccuracyShortfall: shortfall * free.Costs.AccuracyShortfall);
        var found = Solve(budgets);
        Assert.True(found.Kept, $"{budgets}: {found.Costs} at {found.Multipliers}, free {free.Costs}");
        Assert.Empty(budgets.Broken(found.Costs));
        Assert.NotEqual(default, found.Multipliers);
        Assert.NotEmpty(budgets.Broken(free.Costs));
        Assert.True(found.Reward < free.Reward);

        var bound = found.Windows.Average(o => found.Worth(o.Reward / Plain.Requests, o.Costs / Plain.Requests));
        // No looser than without budgets, but for what their tolerance is worth and for multipliers that are found to a few percent.
        Assert.InRange(bound, found.Reward, free.Reward + BudgetSpec.Tolerance * found.Credit + 0.001);
        var world = World(budgets)();
        var kept = 0;
        foreach (var (reward, costs) in Rivals(world.Model).Select(r => Mean(world, r)).Concat(Courses(budgets)))
        {
            if (budgets.Broken(costs).Any())
                continue;
            kept++;
            Assert.True(reward <= bound + 1e-9, $"earned {reward} of {bound} at {costs}");
        }
        Assert.True(kept > 3, $"only {kept} rivals keep the budgets");
    }

    [Fact]
    public void TheCostsToldAreThoseOfTheCourseFound()
    {
        var beam = new HindsightBeam(World(null)(), Width, multipliers: new Costs(0.7, 0.1, 0.3));
        foreach (var window in Windows)
        {
            var course = beam.Search(window);
            var world = World(null)();
            world.Reset(window);
            foreach (var plan in course.Plans)
                world.Step(plan);
            Assert.Equal(world.TotalReward, course.Reward, 9);
            Assert.Equal(world.TotalCosts.Energy, course.Costs.Energy, 9);
            Assert.Equal(world.TotalCosts.Misses, course.Costs.Misses, 9);
            Assert.Equal(world.TotalCosts.AccuracyShortfall, course.Costs.AccuracyShortfall, 9);
            Assert.Equal(course.Reward - course.Costs.At(new Costs(0.7, 0.1, 0.3)), course.Worth, 9);
        }
    }

    [Fact]
    public void ABudgetThatDoesNotBindChangesNothing()
    {
        var free = new HindsightOracle(World(null), Width, null, "").Solve(Windows, [], 1, null, CancellationToken.None);
        var loose = Solve(new BudgetSpec(100, 1, 1));
        Assert.Equal(free, loose.Windows);
        Assert.Equal(default, loose.Multipliers);
        Assert.Equal(0, loose.Credit);
        Assert.True(loose.Kept);
    }

    [Fact]
    public void ABudgetThatNobodyCanKeepIsSaid()
    {
        var found = Solve(new BudgetSpec(EnergyJoules: 1e-6));
        Assert.False(found.Kept);
        Assert.True(found.Costs.Energy > 1e-6);
    }

    [Fact]
    public void TheNumberOfThreadsAndTheCacheChangeNothing()
    {
        using var folder = new TemporaryFolder();
        var budgets = new BudgetSpec(EnergyJoules: 0.22);
        var expected = Solve(budgets);
        foreach (var found in new[] { Solve(budgets, 2), Solve(budgets, 1, folder.Root), Solve(budgets, 1, folder.Root) })
        {
            Assert.Equal(expected.Windows, found.Windows);
            Assert.Equal(expected with { Windows = [] }, found with { Windows = [] });
        }
    }

    private static Func<OffloadEnvironment> World(BudgetSpec? budgets)
    {
        var model = TestWorld.Model(Plain with { Device = Plain.Device with { IdleWatts = 0.05 }, Budgets = budgets }, bits: [8], probe: false);
        return () => new OffloadEnvironment(model, TestWorld.Varying(), TestWorld.Seed);
    }

    private static BudgetedOptima Solve(BudgetSpec budgets, int threads = 1, string? cache = null) =>
        new BudgetedOracle((multipliers, rough) => new HindsightOracle(World(budgets), rough ? 4 : Width, cache, "", multipliers: multipliers, rough: rough), budgets, Plain.Requests)
            .Solve(Windows, [], threads, null, CancellationToken.None);

    private static (double Reward, Costs Costs) Mean(OffloadEnvironment world, IPolicy policy)
    {
        var (reward, costs) = (0.0, new Costs());
        foreach (var window in Windows)
            (reward, costs) = (reward + Rollout.Play(world, policy, window), costs + world.TotalCosts);
        double n = Windows.Length * Plain.Requests;
        return (reward / n, costs / n);
    }

    /// <summary>What one who knows everything gets at other multipliers.</summary>
    private static IEnumerable<(double Reward, Costs Costs)> Courses(BudgetSpec budgets) =>
        from energy in new[] { 0, 0.5, 1, 2, 4 }
        from shortfall in new[] { 0, 1, 2, 4, 8.0 }
        let found = new HindsightOracle(World(budgets), Width, null, "", multipliers: new(energy, 0, shortfall)).Solve(Windows, [], 1, null, CancellationToken.None)
        let n = (double)Windows.Length * Plain.Requests
        select (found.Sum(o => o.Reward) / n, found.Aggregate(new Costs(), (sum, o) => sum + o.Costs) / n);

    private static List<IPolicy> Rivals(CostModel model)
    {
        double[] prices = [0, 0.1, 0.3, 1, 3];
        return [.. Enumerable.Range(0, model.Count).Select(p => new FixedPolicy(model, p)), .. prices.SelectMany(d => prices.Select(u => new GreedyPolicy(model, d, u)))];
    }
}
