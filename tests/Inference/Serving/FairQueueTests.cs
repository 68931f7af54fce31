using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Serving;

public sealed class FairQueueTests
{
    private readonly Job[] _taken = new Job[4];

    [Fact]
    public void ClientsTakeTurnsHoweverMuchOneSends()
    {
        var queue = new FairQueue(100, 100);
        foreach (var client in "aaaaabac")
            queue.TryAdd(Of($"{client}"));
        Assert.Equal("abcaaaaa", Order(queue));
    }

    [Fact]
    public void OfOneClientTheFirstIsFirst()
    {
        var queue = new FairQueue(100, 100);
        var jobs = Enumerable.Range(0, 5).Select(_ => Of("a")).ToList();
        foreach (var job in jobs)
            queue.TryAdd(job);
        Assert.Equal(jobs, jobs.Select(_ => Take(queue)));
    }

    [Fact]
    public void ItIsBoundedInAllAndForEachClient()
    {
        var queue = new FairQueue(3, 2);
        Assert.Equal(Admission.Taken, queue.TryAdd(Of("a")));
        Assert.Equal(Admission.Taken, queue.TryAdd(Of("a")));
        Assert.Equal(Admission.FullOfOne, queue.TryAdd(Of("a")));
        Assert.Equal(Admission.Taken, queue.TryAdd(Of("b")));
        Assert.Equal(Admission.Full, queue.TryAdd(Of("c")));
        Take(queue);
        Assert.Equal(2, queue.Count);
        Assert.Equal(Admission.Taken, queue.TryAdd(Of("a")));
    }

    [Fact]
    public void EqualTailsAreTakenTogetherAndTheOthersKeepTheirTurns()
    {
        var queue = new FairQueue(100, 100);
        foreach (var (client, cut) in new[] { ("a", 1), ("a", 1), ("b", 2), ("c", 1), ("a", 2), ("c", 1) })
            queue.TryAdd(Of(client, cut));
        Assert.Equal(3, queue.Take(_taken, _ => 3, TimeSpan.Zero));
        Assert.Equal(["a", "c", "a"], _taken.Take(3).Select(j => j.Client));
        Assert.All(_taken.Take(3), j => Assert.Equal(1, j.Header.Cut));
        Assert.Equal("bca", Order(queue));
    }

    [Fact]
    public void ATailThatCannotBeComputedTogetherIsTakenAlone()
    {
        var queue = new FairQueue(100, 100);
        queue.TryAdd(Of("a"));
        queue.TryAdd(Of("b"));
        Assert.Equal(1, queue.Take(_taken, _ => 1, TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task ABatchThatIsNotFullWaitsForMore()
    {
        var queue = new FairQueue(100, 100);
        queue.TryAdd(Of("a"));
        var taking = Task.Run(() => queue.Take(_taken, _ => 3, TimeSpan.FromHours(1)));
        while (queue.Count > 0)
            await Task.Delay(1);
        queue.TryAdd(Of("b", cut: 2));
        queue.TryAdd(Of("c"));
        queue.TryAdd(Of("d"));
        Assert.Equal(3, await taking);
        Assert.Equal(["a", "c", "d"], _taken.Take(3).Select(j => j.Client));
        Assert.Equal("b", Order(queue));
    }

    [Fact]
    public async Task ClosedItGivesOutWhatItHasAndThenEnds()
    {
        var queue = new FairQueue(100, 100);
        queue.TryAdd(Of("a"));
        queue.Close();
        Assert.Equal(Admission.Closed, queue.TryAdd(Of("a")));
        Assert.Equal(1, queue.Take(_taken, _ => 4, TimeSpan.FromHours(1)));
        Assert.Equal(0, queue.Take(_taken, _ => 1, TimeSpan.Zero));

        var empty = new FairQueue(100, 100);
        var waiting = Task.Run(() => empty.Take(_taken, _ => 1, TimeSpan.Zero));
        empty.Close();
        Assert.Equal(0, await waiting);
    }

    private static QueuedJob Of(string client, int cut = 1) => new() { Client = client, Header = new RequestHeader(1, cut, 32, PayloadKind.Tensors, 1, 0, 0, 0) };

    private Job Take(FairQueue queue)
    {
        Assert.Equal(1, queue.Take(_taken, _ => 1, TimeSpan.Zero));
        return _taken[0];
    }

    private string Order(FairQueue queue) => string.Concat(Enumerable.Range(0, queue.Count).Select(_ => Take(queue).Client));

    private sealed class QueuedJob : Job
    {
        public override void Complete()
        {
        }
    }
}
