using RlOffload.Inference.Flights;

namespace RlOffload.Tests.Inference.Flights;

public class FlightPoolTests
{
    [Fact]
    public void AFlightIsUsedAgainOnlyAfterItsLastHolderLetGo()
    {
        using var pool = new FlightPool(() => new Flight(null, 4));
        var flight = pool.Take();
        flight.Begin(0, 0, 0, 1);
        flight.Hold();
        pool.Release(flight);
        Assert.NotSame(flight, pool.Take());
        pool.Release(flight);
        Assert.Same(flight, pool.Take());
        Assert.Equal(2, pool.Made);
    }
}
