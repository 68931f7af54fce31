using System.Runtime.InteropServices;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference;

public sealed class LocalDeviceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PartitionSet _partitions;
    private readonly FlightPool _pool;
    private readonly Mailbox _mailbox = new(new RunClock(TimeProvider.System));
    private readonly CostModel _model;

    public LocalDeviceTests()
    {
        var network = new TestNetwork(_folder);
        _model = network.Model();
        _partitions = new PartitionSet(network.ModelPath, network.Profile);
        _pool = FlightPool.Of(_partitions, TestNetwork.FrameBytes, [], ready: 1);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _partitions.Dispose();
        _mailbox.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void AHeadIsPackedAndItsBranchGoesOnFromTheTensorsThatItLeft()
    {
        using var device = Device(emulates: false);
        var flight = Flight("cut1@2/8b");
        device.ComputeHead(flight, 0, 0);
        Assert.Equal(What.Computed, Told().What);
        Assert.True(flight.MessageBytes > RequestHeader.Size);
        Assert.True(flight.HeadSeconds > 0);
        flight.Store!.Input.Bytes.Clear(); // not needed any more
        flight.Hold();
        device.ComputeBranch(flight, 0, 0, 0);
        Assert.Equal(What.Computed, Told().What);
        Assert.Equal((0, Whole(0)), (flight.LocalExit, flight.LocalClass));
    }

    [Theory]
    [InlineData("local@1", 0)]
    [InlineData("local@2", 1)]
    public void ALocalExitAnswers(string plan, int exit)
    {
        using var device = Device(emulates: false);
        var flight = Flight(plan);
        device.ComputeHead(flight, 0, 0);
        Assert.Equal(What.Computed, Told().What);
        Assert.Equal((exit, Whole(exit)), (flight.LocalExit, flight.LocalClass));
    }

    [Theory]
    [InlineData("local@2", 0.0, true)]
    [InlineData("local@2", 1.0, false)]
    [InlineData("cut1@2/8b", 0.0, true)]
    [InlineData("cut1@2/8b", 1.0, false)]
    [InlineData("cut2@2/8b", 1.0, false)]
    public void AnImageLeavesAtAConfidentExitOrGoesOnInPieces(string text, double threshold, bool leaves)
    {
        var gate = Gate.At(0, GateMeasure.Confidence, threshold);
        var profile = _partitions.Profile with { Outcomes = new(2, [[0.4f, 0.9f], [0.5f, 0.9f]], [[1, 0.2f], [1, 0.2f]], ["01", "11"]) };
        var model = new CostModel(new CostTable(profile, PlanTable.Of(profile, [8], false, [gate]), _model.Scenario), _model.Scenario);
        using var device = new LocalDevice(new RequestWriter(_partitions, "raw"), new PixelCodec(profile), model.Table, _mailbox, _pool, emulates: false);
        var plan = model.Table.Plans.Plans.ToList().FindIndex(p => p.Gate is not null && (p with { Gate = null }).ToString() == text);
        var flight = Flight("local@1");
        flight.Planned(plan, model.Table.Plans[plan], default, new Observation(), 0);
        device.ComputeHead(flight, 0, 1);
        if (!leaves)
            Assert.Equal((What.Passed, 0), (Told() is var passed ? passed.What : default, passed.Way));
        Assert.Equal((What.Computed, leaves ? 0 : 1), (Told() is var done ? done.What : default, done.Way));
        if (leaves || text.StartsWith("cut", StringComparison.Ordinal))
            Assert.Equal((0, Whole(0)), (flight.LocalExit, flight.LocalClass));
        else
            Assert.Equal((1, Whole(1)), (flight.LocalExit, flight.LocalClass));
        Assert.Equal(!leaves && text.StartsWith("cut", StringComparison.Ordinal), flight.MessageBytes > 0);
        Assert.All(PartitionSet.DeviceParts(model), part => _ = _partitions.Get(part));
    }

    [Fact]
    public void WhereTheInputWasSentTheBranchBeginsWithTheImage()
    {
        using var device = Device(emulates: false);
        var flight = Flight("remote@2");
        device.ComputeBranch(flight, 0, 0, 0);
        Assert.Equal(What.Computed, Told().What);
        Assert.Equal(Whole(0), flight.LocalClass);
    }

    [Fact]
    public void ASlowerDeviceIsNotDoneBeforeItsTime()
    {
        using var device = Device(emulates: true);
        var until = _mailbox.Clock.Now + 0.05;
        device.ComputeHead(Flight("local@1"), until - 0.05, 0.05);
        Assert.True(Told().At >= until);
    }

    [Fact]
    public void ATensorThatCannotBeQuantisedIsToldByItsMessage()
    {
        using var device = Device(emulates: false);
        var network = new TestNetwork(_folder);
        var bad = network.Profile with { Model = network.Profile.Model with { Pixels = new(1e38, [0], [1e-38]) } };
        using var other = new LocalDevice(new RequestWriter(_partitions, "raw"), new PixelCodec(bad), _model.Table, _mailbox, _pool, emulates: false);
        var flight = Flight("cut1@2/8b");
        other.ComputeHead(flight, 0, 0);
        Assert.Equal(What.Computed, Told().What);
        Assert.Equal(-1, flight.MessageBytes);
    }

    [Fact]
    public async Task EveryWorkIsToldOnceAndThenTheFlightIsFree()
    {
        using var device = Device(emulates: false);
        var flight = Flight("local@1");
        device.ComputeHead(flight, 0, 0);
        Told();
        Assert.False(_mailbox.TryTake(out _));
        // The device's own thread lets go of the flight after it has told.
        var free = false;
        for (var tries = 0; tries < 500 && !free; tries++)
        {
            free = _pool.Take() == flight;
            if (!free)
                await Task.Delay(10);
        }
        Assert.True(free);
    }

    private LocalDevice Device(bool emulates) => new(new RequestWriter(_partitions, "raw"), new PixelCodec(_partitions.Profile), _model.Table, _mailbox, _pool, emulates);

    private Flight Flight(string text)
    {
        var flight = _pool.Take();
        TestNetwork.Frame(3).CopyTo(flight.Pixels, 0);
        flight.Begin(5, 3, 0, 1);
        var plan = Enumerable.Range(0, _model.Count).Single(p => _model.Table.Plans[p].ToString() == text);
        flight.Planned(plan, _model.Table.Plans[plan], default, new Observation(), 0);
        return flight;
    }

    private Happened Told()
    {
        Happened told;
        while (!_mailbox.TryTake(out told))
            _mailbox.WaitUntil(_mailbox.Clock.Now + 1);
        return told;
    }

    private int Whole(int exit)
    {
        using var store = new TensorStore(_partitions);
        new PixelCodec(_partitions.Profile).Fill(TestNetwork.Frame(3), store.Input.Bytes);
        store.RunWhole(exit);
        return Classes.Best(MemoryMarshal.Cast<byte, float>(store.Answer(exit)[0].Bytes));
    }
}
