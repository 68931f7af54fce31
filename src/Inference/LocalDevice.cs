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
    private readonly RequestWriter _writer;
    private readonly PixelCodec _pixels;
    private readonly Mailbox _mailbox;
    private readonly FlightPool _pool;
    private readonly bool _emulates;
    private readonly BlockingCollection<Work> _queue = [];
    private readonly Thread _thread;

    /// <param name="emulates">Stay busy for as long as the controller says that the work takes.</param>
    public LocalDevice(RequestWriter writer, PixelCodec pixels, Mailbox mailbox, FlightPool pool, bool emulates)
    {
        (_writer, _pixels, _mailbox, _pool, _emulates) = (writer, pixels, mailbox, pool, emulates);
        _thread = new Thread(Loop) { IsBackground = true, Name = "device" };
        _thread.Start();
    }

    public void ComputeHead(Flight flight, double begun, double seconds) => _queue.Add(new Work(flight, -1, begun + seconds));

    public void ComputeBranch(Flight flight, int exit, double begun, double seconds) => _queue.Add(new Work(flight, exit, begun + seconds));

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
        if (branch < 0 && plan.Kind == PlanKind.Split)
        {
            store.RunHead(plan.Cut);
            flight.MessageBytes = _writer.Write(plan, (ulong)flight.Request, flight.Pixels, store, ref flight.Message);
            flight.HeadSeconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            return;
        }
        var exit = branch < 0 ? plan.Exit : branch;
        store.RunTail(exit, branch < 0 ? 0 : plan.Cut);
        flight.LocalExit = exit;
        flight.LocalClass = ArgMax(store.Answer(exit)[0]);
        flight.LocalSeconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
    }

    private async Task Tell(Work work, Reason reason)
    {
        if (_emulates && !work.Flight.Stopped)
            await _mailbox.Clock.Until(work.Until, CancellationToken.None).ConfigureAwait(false);
        _mailbox.Post(new Happened(reason == Reason.None ? What.Computed : What.Broken, work.Flight.Request, _mailbox.Clock.Now, Reason: reason));
        _pool.Release(work.Flight);
    }

    /// <summary>The class of the largest number; of a tensor of other than float32 there is none.</summary>
    private static int ArgMax(TensorMemory answer) => answer.IsFloat ? Classes.Best(answer.Floats) : -1;

    private readonly record struct Work(Flight Flight, int Branch, double Until);
}
