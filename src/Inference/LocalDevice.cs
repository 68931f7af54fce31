using System.Collections.Concurrent;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference;

/// <summary>
/// Computes heads, local exits and branches through ONNX Runtime on a thread of its own, and packs what is sent. Where it stands for a slower
/// device it says that it is done when that device would be; the real work is done at once.
/// </summary>
public sealed class LocalDevice : IDevice, IDisposable
{
    private readonly IRequestWriter _writer;
    private readonly PixelCodec _pixels;
    private readonly CostTable _table;
    private readonly Mailbox _mailbox;
    private readonly FlightPool _pool;
    private readonly bool _emulates;
    private readonly BlockingCollection<Work> _queue = [];
    private readonly Thread _thread;

    /// <param name="table">Tells the ways of gated plans.</param>
    /// <param name="emulates">Stay busy for as long as the controller says that the work takes.</param>
    public LocalDevice(IRequestWriter writer, PixelCodec pixels, CostTable table, Mailbox mailbox, FlightPool pool, bool emulates)
    {
        (_writer, _pixels, _table, _mailbox, _pool, _emulates) = (writer, pixels, table, mailbox, pool, emulates);
        _thread = new Thread(Loop) { IsBackground = true, Name = "device" };
        _thread.Start();
    }

    public void ComputeHead(Flight flight, double begun, double seconds) => _queue.Add(new Work(flight, -1, begun, seconds));

    public void ComputeBranch(Flight flight, int exit, double begun, double seconds) => _queue.Add(new Work(flight, exit, begun, seconds));

    public void Stop(Flight flight) => flight.Stop();

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Loop()
    {
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            var reason = Reason.None;
            try
            {
                if (!work.Flight.Stopped)
                    Compute(work.Flight, work.Branch);
            }
            catch (InputException)
            {
                reason = Reason.DeviceFailed;
            }
            _ = Tell(work, reason);
        }
    }

    private void Compute(Flight flight, int branch)
    {
        var begun = TimeProvider.System.GetTimestamp();
        var (plan, store) = (flight.Plan, flight.Store!);
        if (branch < 0 || plan.Kind == PlanKind.Remote)
            _pixels.Fill(flight.Pixels, store.Input.Bytes);
        var from = branch < 0 && plan.Gate is { } gate ? Try(flight, gate) : 0;
        if (from < 0)
        {
            flight.LocalSeconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            return;
        }
        if (branch < 0 && plan.Kind == PlanKind.Split)
        {
            store.RunStep(from, plan.Cut);
            flight.MessageBytes = _writer.Write(plan, (ulong)flight.Request, flight.Pixels, store, ref flight.Message);
            flight.HeadSeconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            return;
        }
        var exit = branch < 0 ? plan.Exit : branch;
        store.RunTail(exit, branch < 0 ? from : plan.Cut);
        flight.LocalExit = exit;
        flight.LocalClass = ArgMax(store.Answer(exit)[0]);
        flight.LocalSeconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    /// <summary>Goes from one tried exit to the next. The last answer is kept, in case that nothing better comes in time.</summary>
    /// <returns>The cut that was reached, from where the rest goes on; -1 where the image left.</returns>
    private int Try(Flight flight, Gate gate)
    {
        var ways = _table.Ways(flight.PlanIndex);
        var (store, from) = (flight.Store!, 0);
        for (flight.Way = 0; ways[flight.Way].Leaves; flight.Way++)
        {
            var way = ways[flight.Way];
            store.RunStep(from, way.Cut);
            store.RunTail(way.Exit, way.Cut);
            var scores = store.Answer(way.Exit)[0];
            (flight.LocalExit, flight.LocalClass) = (way.Exit, ArgMax(scores));
            var (confidence, entropy) = scores.IsFloat ? Classes.Certainty(scores.Floats) : (0, double.PositiveInfinity);
            if (gate.Leaves(way.Exit, confidence, entropy))
                return -1;
            from = way.Cut;
        }
        return from;
    }

    private async Task Tell(Work work, Reason reason)
    {
        var (flight, seconds) = (work.Flight, work.Seconds);
        var taken = work.Branch < 0 && reason == Reason.None ? flight.Way : -1;
        if (taken >= 0)
        {
            var pace = seconds / _table[flight.PlanIndex].DeviceSeconds;
            for (var way = 0; way < taken; way++)
            {
                await Until(flight, work.Begun + _table.Ways(flight.PlanIndex)[way].DeviceSeconds * pace).ConfigureAwait(false);
                _mailbox.Post(new Happened(What.Passed, flight.Request, _mailbox.Clock.Now, Way: way));
            }
            seconds = _table.Ways(flight.PlanIndex)[taken].DeviceSeconds * pace;
        }
        await Until(flight, work.Begun + seconds).ConfigureAwait(false);
        _mailbox.Post(new Happened(reason == Reason.None ? What.Computed : What.Broken, flight.Request, _mailbox.Clock.Now, Reason: reason, Way: taken));
        _pool.Release(flight);
    }

    private async ValueTask Until(Flight flight, double time)
    {
        if (_emulates && !flight.Stopped)
            await _mailbox.Clock.Until(time, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The class of the largest number; of a tensor of other than float32 there is none.</summary>
    private static int ArgMax(TensorMemory answer) => answer.IsFloat ? Classes.Best(answer.Floats) : -1;

    private readonly record struct Work(Flight Flight, int Branch, double Begun, double Seconds);
}
