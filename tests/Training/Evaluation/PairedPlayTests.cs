using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment;
using RlOffload.Training.Evaluation;

namespace RlOffload.Tests.Training.Evaluation;

public sealed class PairedPlayTests
{
    private static readonly int[] Windows = [0, 1, 4, 9, 2];

    private static readonly OffloadEnvironment World = TestWorld.Environment();

    private static readonly Contestant[] Contestants =
    [
        new("random", () => new RandomPolicy(1), _ => new Dictionary<string, int> { ["limit"] = 1 }),
        new("greedy", () => new GreedyPolicy(World.Model)),
    ];

    [Fact]
    public void ResultsDoNotDependOnTheNumberOfThreads()
    {
        var (one, two) = (Play(1), Play(2));
        Assert.Equal(one.Select(Text), two.Select(Text));
        Assert.Equal(one[0].Rewards, two[0].Rewards);

        static string Text(PolicyTally tally) => JsonSerializer.Serialize(
            tally.Report(null, p => $"{p}") with { DecisionUs = new(0, 0), Violations = new Dictionary<string, int>() }, ProfileFile.Json);
    }

    [Fact]
    public void EveryRequestOfEveryWindowIsCountedAndTheRewardIsThatOfPlayingItAlone()
    {
        var tallies = Play(2);
        Assert.Equal(["random", "greedy"], tallies.Select(t => t.Name));
        foreach (var (tally, contestant) in tallies.Zip(Contestants))
        {
            Assert.Equal(Windows.Length * World.Model.Scenario.Requests, tally.Report(null, p => $"{p}").Plans.Values.Sum());
            for (var w = 0; w < Windows.Length; w++)
            {
                var outcomes = World.Play(Windows[w], contestant.Create());
                Assert.Equal(World.TotalReward / World.Model.Scenario.Requests, tally.Rewards[w]);
                Assert.Equal(World.TotalEnergy, tally.Energies[w]);
                Assert.Equal(outcomes.Sum(o => o.Reward), World.TotalReward, 1e-9);
            }
        }
    }

    [Fact]
    public void ViolationsOfAllThreadsAreAddedUp()
    {
        var tallies = Play(2);
        Assert.InRange(tallies[0].Violations["limit"], 1, 2);
        Assert.Empty(tallies[1].Violations);
    }

    [Fact]
    public void ItTellsHowFarItIsAndStopsWhenToldTo()
    {
        var told = new Told();
        PairedPlay.Run(() => TestWorld.Environment(), Contestants, Windows, 1, told, CancellationToken.None);
        Assert.Equal([1, 2, 3, 4, 5], told.Values);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => PairedPlay.Run(() => TestWorld.Environment(), Contestants, Windows, 2, null, source.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatAPolicyHoldsIsLetGo(bool interrupted)
    {
        var (made, gone) = (0, 0);
        using var source = new CancellationTokenSource();
        var holding = new Contestant("holding", () =>
        {
            Interlocked.Increment(ref made);
            return new Holding(() => Interlocked.Increment(ref gone));
        });
        if (interrupted)
            source.Cancel();
        var failure = Record.Exception(() => PairedPlay.Run(() => TestWorld.Environment(), [holding, Contestants[0]], Windows, 2, interrupted ? new Told() : null, source.Token));
        Assert.Equal(interrupted, failure is OperationCanceledException);
        Assert.Equal(made, gone);
        Assert.True(interrupted || made > 0);
    }

    private sealed class Holding(Action dispose) : IPolicy, IDisposable
    {
        public string Name => "holding";

        public void Begin(int window) { }

        public int Decide(Observation observation, ReadOnlySpan<bool> mask) => mask.IndexOf(true);

        public void Dispose() => dispose();
    }

    private static IReadOnlyList<PolicyTally> Play(int threads) =>
        PairedPlay.Run(() => TestWorld.Environment(), Contestants, Windows, threads, null, CancellationToken.None);

    private sealed class Told : IProgress<int>
    {
        public List<int> Values { get; } = [];

        public void Report(int value) => Values.Add(value);
    }
}
