using RlOffload.Environment;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class PowerMeterTests
{
    private static readonly Scenario World = new()
    {
        Device = new DeviceSpec(IdleWatts: 0.5, Battery: new BatterySpec(10, 6, HarvestWatts: 1.5)),
        Radio = new RadioSpec(TailWatts: 2, TailSeconds: 1),
    };

    [Fact]
    public void EnergyGrowsWithIdlingAndTheTailUntilItEnds()
    {
        var meter = PowerMeter.Full(World);
        meter.SendingStarts(World, 1);
        meter.Charge(World, 2, 3);
        meter.SendingEnds(World, 2);
        Assert.Equal(1 + 3, meter.Energy(World, 2), 12);
        Assert.Equal(1.25 + 3 + 1, meter.Energy(World, 2.5), 12);
        Assert.Equal(5 + 3 + 2, meter.Energy(World, 10), 12);
        meter.SendingStarts(World, 2.5);
        Assert.Equal(5 + 3 + 1, meter.Energy(World, 10), 12);
    }

    [Fact]
    public void AClosedMeterHasChargedTheWholeTailOnce()
    {
        var meter = PowerMeter.Full(World);
        meter.SendingEnds(World, 2);
        meter.Close(World);
        meter.Close(World);
        Assert.Equal(1 + 2, meter.Energy(World, 2), 12);
    }

    [Fact]
    public void TheBatteryIsCutAtItsCapacityAndNeverForgetsADraw()
    {
        var meter = PowerMeter.Full(World);
        Assert.Equal(8, meter.Battery(World, 2), 12);
        Assert.Equal(10, meter.Battery(World, 50), 12);
        meter.Charge(World, 50, 12);
        Assert.Equal(-2, meter.Battery(World, 50), 12);
        Assert.Equal(1, meter.Battery(World, 53), 12);
        meter.SendingEnds(World, 53);
        Assert.Equal(1 + 1 - 2, meter.Battery(World, 54), 12);
        Assert.Equal(1 + 2 - 2, meter.Battery(World, 55), 12);
    }

    [Fact]
    public void MainsAreNeverEmpty() =>
        Assert.Equal(double.PositiveInfinity, PowerMeter.Full(new Scenario()).Battery(new Scenario(), 5));
}
