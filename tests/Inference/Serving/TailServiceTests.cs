using System.Net;
using System.Runtime.InteropServices;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Serving;

/// <summary>The service with workers that are started when the test says so: what happens while they are busy does not depend on time.</summary>
public sealed class TailServiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PartitionSet _partitions;
    private readonly TensorStore _store;

    public TailServiceTests()
    {
        var network = new TestNetwork(_folder);
        _partitions = new PartitionSet(network.ModelPath, network.Profile);
        _store = new TensorStore(_partitions);
    }

    public void Dispose()
    {
        _store.Dispose();
        _partitions.Dispose();
        _folder.Dispose();
    }

    private static ServerOptions Options => new(IPAddress.Loopback, 0, MostWaiting: 4) { MostWaitingOfOne = 3 };

    [Fact]
    public void WhatIsTooMuchIsRefusedAtOnceWithWhenToTryAgain()
    {
        using var service = new TailService(_partitions, Options);
        for (var i = 0; i < 3; i++)
            Assert.Null(service.Submit(Job("a", i)));
        Assert.Equal((429, true), service.Submit(Job("a", 3)) is { } own ? (own.Status, own.RetryAfter > 0) : default);
        Assert.Null(service.Enter(100));
        Assert.Null(service.Submit(Job("b", 4)));
        Assert.StartsWith("queue: 4 messages wait already", service.Submit(Job("c", 5))!.Problem, StringComparison.Ordinal);
        Assert.Equal((429, true), service.Enter(100) is { } all ? (all.Status, all.RetryAfter > 0) : default);
        Assert.Equal(4, service.Waiting);
        service.Start();
    }

    [Fact]
    public void BytesUnderWayAreBounded()
    {
        using var service = new TailService(_partitions, Options with { MostBytes = 1 << 20 });
        Assert.Null(service.Enter(700_000));
        Assert.StartsWith("memory:", service.Enter(700_000)!.Problem, StringComparison.Ordinal);
        service.Leave(700_000);
        Assert.Null(service.Enter(700_000));
    }

    [Fact]
    public void TheRateIsBounded()
    {
        using var service = new TailService(_partitions, Options with { MostPerSecond = 0.001 });
        Assert.Null(service.Enter(1));
        Assert.InRange(service.Enter(1)!.RetryAfter, 900, 1000);
    }

    [Fact]
    public void WhatIsInsideWhenItStopsIsAnsweredAndNothingNewIsTaken()
    {
        var jobs = Enumerable.Range(0, 3).Select(i => Job("a", i)).ToList();
        using (var service = new TailService(_partitions, Options))
        {
            jobs.ForEach(j => Assert.Null(service.Submit(j)));
            service.BeginDrain();
            Assert.False(service.Ready);
            Assert.Equal(503, service.Enter(1)!.Status);
            service.Start();
        }
        Assert.All(jobs, j => Assert.Equal((1, true), (j.Completions, j.Answer is not null)));
    }

    [Fact]
    public void AMessageThatWaitedTooLongIsRefusedAndOneThatNobodyWantsIsNotComputed()
    {
        var (late, left) = (Job("a", 1), Job("b", 2));
        using (var service = new TailService(_partitions, Options with { MostWait = TimeSpan.FromTicks(1) }))
        {
            service.Submit(late);
            service.Submit(left);
            left.Abandon();
            service.Start();
        }
        Assert.Equal((1, 503), (late.Completions, late.Refusal!.Status));
        Assert.Equal((1, null, null), (left.Completions, left.Refusal, left.Answer));
    }

    [Fact]
    public void EqualTailsOfSeveralClientsAreComputedTogetherAndEachGetsItsOwnNumbers()
    {
        var (jobs, expected) = (new List<TestJob>(), new List<float[]>());
        using (var service = new TailService(_partitions, Options with { MostWaitingOfOne = 4, Batch = 3 }))
        {
            service.Prepare([new PartKey(PartKind.Tail, 1, 2)]);
            foreach (var client in new[] { "a", "b", "b", "c" })
            {
                jobs.Add(Job(client, jobs.Count));
                expected.Add(_store.Answer(1)[0].Floats.ToArray());
                Assert.Null(service.Submit(jobs[^1]));
            }
            service.Start();
        }
        Assert.Equal([3, 3, 1, 3], jobs.Select(j => j.Batch));
        for (var i = 0; i < jobs.Count; i++)
        {
            var header = AnswerHeader.Read(jobs[i].Answer.AsSpan(0, jobs[i].AnswerBytes), out var problem);
            Assert.Equal((null, (ulong)i), (problem, header.Request));
            var numbers = MemoryMarshal.Cast<byte, float>(jobs[i].Answer.AsSpan(AnswerHeader.Size, header.PayloadBytes)).ToArray();
            Assert.All(expected[i].Zip(numbers), p => Assert.Equal(p.First, p.Second, 1e-5f));
        }
    }

    [Fact]
    public void OneBadMessageOfABatchIsRefusedAndTheOthersAreAnswered()
    {
        var jobs = Enumerable.Range(0, 3).Select(i => Job($"{i}", i, bits: 8)).ToList();
        // A step that is no number.
        jobs[1].Message.AsSpan(RequestHeader.Size + 4, 4).Fill(0xFF);
        Checksum.Seal(jobs[1].Message.AsSpan(0, jobs[1].Length));
        using (var service = new TailService(_partitions, Options with { Batch = 4 }))
        {
            service.Prepare([new PartKey(PartKind.Tail, 1, 2)]);
            jobs.ForEach(j => Assert.Null(service.Submit(j)));
            service.Start();
        }
        Assert.Equal([null, 400, null], jobs.Select(j => j.Refusal?.Status));
        Assert.Equal([true, false, true], jobs.Select(j => j.Answer is not null));
    }

    [Fact]
    public void WhatIsInsideWhenAnotherNetworkTakesOverIsComputedWithItsOwnAndWhatComesLateIsToo()
    {
        using var folder = new TemporaryFolder();
        var other = new TestNetwork(folder, seed: 5);
        var jobs = new List<(TestJob Job, float[] Expected)>();
        using (var service = new TailService(_partitions, Options with { MostWaitingOfOne = 4, Batch = 3 }))
        {
            void Add(TestJob job, float[] expected)
            {
                Assert.Null(service.Submit(job));
                jobs.Add((job, expected));
            }
            service.Prepare([new PartKey(PartKind.Tail, 1, 2)]);
            Add(Job("a", 0), _store.Answer(1)[0].Floats.ToArray());
            service.Swap(new PartitionSet(other.ModelPath, other.Profile), [new PartKey(PartKind.Tail, 1, 2)]);
            Assert.Equal(other.Profile.Model.Sha256, service.Partitions.Profile.Model.Sha256);
            Add(Job("b", 1), _store.Answer(1)[0].Floats.ToArray()); // still on its way when it took over
            using var partitions = new PartitionSet(other.ModelPath, other.Profile);
            using var store = new TensorStore(partitions);
            Add(Job("c", 2, partitions: partitions, store: store), store.Answer(1)[0].Floats.ToArray());
            service.CloseUnused();
            service.Start();
        }
        Assert.Equal([2, 2, 1], jobs.Select(j => j.Job.Batch));
        foreach (var (job, expected) in jobs)
        {
            Assert.Equal((1, null), (job.Completions, job.Refusal));
            var numbers = MemoryMarshal.Cast<byte, float>(job.Answer.AsSpan(AnswerHeader.Size, 4 * expected.Length)).ToArray();
            Assert.All(expected.Zip(numbers), p => Assert.Equal(p.First, p.Second, 1e-5f));
        }
    }

    [Fact]
    public void ANetworkThatDoesNotLingerIsRefusedAfterItsLastMessageAndOneThatCannotBeServedChangesNothing()
    {
        using var folder = new TemporaryFolder();
        var other = new TestNetwork(folder, seed: 5);
        using var service = new TailService(_partitions, Options with { Linger = TimeSpan.Zero });
        Assert.ThrowsAny<Exception>(() => service.Swap(new PartitionSet(other.ModelPath, other.Profile), [new PartKey(PartKind.Tail, 1, 9)]));
        Assert.Same(_partitions, service.Partitions);
        var inside = Job("a", 0);
        Assert.Null(service.Submit(inside));
        service.Swap(new PartitionSet(other.ModelPath, other.Profile), []);
        Assert.Equal(409, service.Submit(Job("a", 1))!.Status);
        service.Start();
        SpinWait.SpinUntil(() => inside.Completions > 0, TimeSpan.FromSeconds(30));
        service.CloseUnused();
        Assert.Equal((1, true), (inside.Completions, inside.Answer is not null));
    }

    [Fact]
    public void ANetworkWithLongerMessagesThanMayBeUnderWayIsRefused()
    {
        using var folder = new TemporaryFolder();
        var other = new TestNetwork(folder, seed: 5, filters: 4500);
        using var service = new TailService(_partitions, Options with { MostBytes = 1 << 20 });
        var error = Assert.Throws<InputException>(() => service.Swap(new PartitionSet(other.ModelPath, other.Profile), []));
        Assert.Contains("cuts: have messages of up to 1153", error.Message, StringComparison.Ordinal);
        Assert.Same(_partitions, service.Partitions);
        Assert.Equal(RequestReader.MostBytes(_partitions.Profile), service.MostMessage);
        service.Start();
    }

    [Fact]
    public void MessagesMayBeAsLongAsThoseOfTheNetworksThatAreServedOrLinger()
    {
        using var folder = new TemporaryFolder();
        var other = new TestNetwork(folder, seed: 5, filters: 64);
        var (most, longer) = (RequestReader.MostBytes(_partitions.Profile), RequestReader.MostBytes(other.Profile));
        Assert.True(longer > most);
        using var service = new TailService(_partitions, Options with { Linger = TimeSpan.Zero });
        service.Swap(new PartitionSet(other.ModelPath, other.Profile), []);
        Assert.Equal(longer, service.MostMessage);
        using var again = new TemporaryFolder();
        var small = new TestNetwork(again, seed: 6);
        service.Swap(new PartitionSet(small.ModelPath, small.Profile), []);
        service.CloseUnused();
        Assert.Equal(most, service.MostMessage);
        service.Start();
    }

    /// <summary>A request from a frame of its own; what the tail says of it stays in the store.</summary>
    private TestJob Job(string client, int request, int bits = 32, PartitionSet? partitions = null, TensorStore? store = null)
    {
        (partitions, store) = (partitions ?? _partitions, store ?? _store);
        new PixelCodec(partitions.Profile).Fill(TestNetwork.Frame(request), store.Input.Bytes);
        store.RunHead(2);
        byte[] message = [];
        var length = new RequestWriter(partitions, "raw").Write(new OffloadPlan(PlanKind.Split, 1, 2, bits), (ulong)request, [], store, ref message);
        store.RunTail(1, 2);
        return new TestJob { Client = client, Message = message, Length = length };
    }

    private sealed class TestJob : Job
    {
        public int Completions { get; private set; }

        public override void Complete() => Completions++;
    }
}
