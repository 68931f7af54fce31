using System.Collections.Concurrent;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Flights;

/// <summary>Flights that are free, and how new ones are made when more requests are under way than ever before.</summary>
public sealed class FlightPool(Func<Flight> make) : IDisposable
{
    private readonly ConcurrentBag<Flight> _free = [];
    private readonly ConcurrentBag<Flight> _all = [];

    /// <summary>Flights with tensors for a network, and every part of it that is listed ready to run in the first <paramref name="ready"/>.</summary>
    public static FlightPool Of(PartitionSet partitions, int imageBytes, IReadOnlyList<PartKey> parts, int ready)
    {
        var pool = new FlightPool(() => new Flight(new TensorStore(partitions), imageBytes));
        var first = Enumerable.Range(0, ready).Select(_ => pool.Take()).ToList();
        foreach (var flight in first)
        {
            foreach (var part in parts)
                flight.Store!.Prepare(part);
            pool._free.Add(flight);
        }
        return pool;
    }

    /// <summary>The same, within a budget of memory.</summary>
    /// <param name="budget">Bytes that the process may grow by; infinite: everything is prepared.</param>
    /// <param name="prepared">By plan, whether everything that it needs is prepared.</param>
    public static FlightPool Within(PartitionSet partitions, int imageBytes, CostModel model, double budget, int ready, out bool[] prepared)
    {
        var pool = Of(partitions, imageBytes, [], ready);
        prepared = new bool[model.Count];
        foreach (var plan in PartitionSet.Prepare(model, part => pool.Prepare([part]), budget))
            prepared[plan] = true;
        return pool;
    }

    /// <summary>Makes the flights that are free now ready to run these parts; the others make themselves ready when they first do.</summary>
    public void Prepare(IReadOnlyCollection<PartKey> parts)
    {
        var taken = new List<Flight>();
        while (_free.TryTake(out var flight))
            taken.Add(flight);
        foreach (var flight in taken)
        {
            foreach (var part in parts)
                flight.Store!.Prepare(part);
            _free.Add(flight);
        }
    }

    /// <summary>How many were made.</summary>
    public int Made => _all.Count;

    /// <summary>Whether nobody holds a flight.</summary>
    public bool IsWhole => _free.Count == _all.Count;

    public Flight Take()
    {
        if (_free.TryTake(out var flight))
            return flight;
        flight = make();
        flight.Pool = this;
        _all.Add(flight);
        return flight;
    }

    /// <summary>One holder lets go of the flight; the last one gives it back.</summary>
    public void Release(Flight flight)
    {
        if (flight.Release())
            _free.Add(flight);
    }

    public void Dispose()
    {
        foreach (var flight in _all)
            flight.Store?.Dispose();
    }
}
