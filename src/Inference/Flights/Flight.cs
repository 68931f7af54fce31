using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Flights;

/// <summary>Why a request was not answered as planned.</summary>
public enum Reason : byte
{
    None,

    /// <summary>The answer would have come too late, or did not come.</summary>
    Late,

    /// <summary>Nobody listens at the server's address.</summary>
    Unreachable,

    /// <summary>The connection broke before the answer was complete.</summary>
    BrokenOff,

    /// <summary>The server answered with an HTTP status other than 200.</summary>
    Refused,

    /// <summary>The answer is not what the wire format allows.</summary>
    Malformed,

    /// <summary>A tensor at the cut holds a NaN or an infinity, so it cannot be quantised.</summary>
    NotFinite,

    /// <summary>ONNX Runtime failed on the device.</summary>
    DeviceFailed,

    /// <summary>The server had failed before, and this was not the request that tries again.</summary>
    CircuitOpen,
}

/// <summary>
/// One request from its arrival to its outcome, with all the memory that it needs: used again for a later request once nobody works on it any more.
/// </summary>
public sealed class Flight(TensorStore? store, int imageBytes)
{
    private int _holders;
    private volatile bool _stopped;

    public int Request { get; private set; }

    /// <summary>Index of the image in its source.</summary>
    public int Image { get; private set; }

    /// <summary>s since the controller began, and s that the request may take.</summary>
    public double Arrival { get; private set; }
    public double Deadline { get; private set; }

    public OffloadPlan Plan { get; private set; }
    public int PlanIndex { get; private set; }

    /// <summary><see cref="Deployment.Hash"/> of what planned it.</summary>
    public string? Policy { get; private set; }

    public Prediction Predicted { get; private set; }
    public Observation Seen { get; } = new();

    /// <summary>Time of observing and deciding, s of a real clock.</summary>
    public double DecisionSeconds { get; private set; }

    /// <summary>Where it is given back to; set by the pool that made it.</summary>
    internal FlightPool? Pool { get; set; }

    /// <summary>Null where nothing is computed, as in a test of the controller alone.</summary>
    public TensorStore? Store { get; } = store;

    public byte[] Pixels { get; } = new byte[imageBytes];
    public byte[] Message = [];

    /// <summary>0 while the message is not made.</summary>
    public int MessageBytes { get; set; }

    /// <summary>Bytes handed to the socket, HTTP included.</summary>
    public long WireBytes;

    /// <summary>Real time that head and packing, and the local exit or branch, took on this machine, s.</summary>
    public double HeadSeconds { get; set; }
    public double LocalSeconds { get; set; }

    /// <summary>What the server said it took, s.</summary>
    public double ServerWaited { get; set; }
    public double ServerComputed { get; set; }

    /// <summary>Class that the server answered, and class that the device answered; -1 for none.</summary>
    public int RemoteClass { get; set; }
    public int LocalClass { get; set; }

    /// <summary>Exit that the device answered with; -1 for none.</summary>
    public int LocalExit { get; set; }

    /// <summary>The way that the image took through a gated plan; -1 for none.</summary>
    public int Way { get; set; }

    public Reason Reason { get; set; }

    public Outcome Outcome { get; private set; }

    /// <summary>The class that was answered with; -1 for none.</summary>
    public int Answer => Outcome.Kind switch
    {
        OutcomeKind.Answered => Plan.Kind == PlanKind.Local || (Plan.Gate is not null && Outcome.Exit != Plan.Exit) ? LocalClass : RemoteClass,
        OutcomeKind.Fallback => LocalClass,
        _ => -1,
    };

    public void Begin(int request, int image, double arrival, double deadline)
    {
        (Request, Image, Arrival, Deadline) = (request, image, arrival, deadline);
        (MessageBytes, WireBytes, HeadSeconds, LocalSeconds, ServerWaited, ServerComputed) = (0, 0, 0, 0, 0, 0);
        (RemoteClass, LocalClass, LocalExit, Way, Reason) = (-1, -1, -1, -1, Reason.None);
        _stopped = false;
        _holders = 1;
    }

    /// <summary>Nobody waits for what the device computes for it any more.</summary>
    public bool Stopped => _stopped;

    public void Stop() => _stopped = true;

    public void Planned(int index, OffloadPlan plan, in Prediction predicted, Observation seen, double seconds, string? policy = null)
    {
        (PlanIndex, Plan, Predicted, DecisionSeconds, Policy) = (index, plan, predicted, seconds, policy);
        Seen.CopyFrom(seen);
    }

    public void Ended(in Outcome outcome)
    {
        Outcome = outcome;
        if (Reason == Reason.None && outcome.Kind is OutcomeKind.Fallback or OutcomeKind.Missed)
            Reason = Reason.Late;
    }

    /// <summary>Somebody else works with the flight's memory from now on.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <returns>True to the last one that lets go: the flight can be used again.</returns>
    public bool Release() => Interlocked.Decrement(ref _holders) == 0;
}
