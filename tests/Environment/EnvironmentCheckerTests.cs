using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class EnvironmentCheckerTests
{
    public static TheoryData<string> Worlds => ["plain", "heat", "battery", "load", "modem", "periodic", "poisson", "recorded"];

    [Theory, MemberData(nameof(Worlds))]
    public void AWorldOfEveryKindIsSound(string world)
    {
        var s = TestWorld.Scenario;
        var scenario = world switch
        {
            "heat" => s with { Device = s.Device with { Heat = new HeatSpec(TimeConstant: 5) } },
            "battery" => s with { Device = s.Device with { Battery = new BatterySpec(50, 20, 0.1) } },
            "load" => s with { Server = s.Server with { Loads = [1, 4, 15], LoadDwellSeconds = 3 } },
            "modem" => s with { Uplink = s.Uplink with { Observe = RateKnowledge.Modem } },
            "periodic" => s with { Arrivals = s.Arrivals with { Kind = ArrivalKind.Periodic } },
            "poisson" => s with { Arrivals = s.Arrivals with { Kind = ArrivalKind.Poisson } },
            "recorded" => s with { Arrivals = s.Arrivals with { Kind = ArrivalKind.Recorded, Recorded = [0, 0.1, 0.5, 0.6, 2] } },
            _ => s,
        };
        Assert.Empty(EnvironmentChecker.Check(TestWorld.Environment(scenario)));
    }
}
