namespace RlOffload.Environment.Simulation;

/// <summary>Where a request is. The order matters: from <see cref="WaitUplink"/> to <see cref="ToDevice"/> it can still fall back to a branch.</summary>
public enum Stage : byte { WaitDevice, OnDevice, WaitUplink, OnUplink, ToServer, WaitServer, OnServer, ToDevice, WaitFallback, OnFallback }

/// <summary>One request (or the packet train of a probe) on its way through the stations.</summary>
public struct Job
{
    public int Request;
    public int Plan;
    public Stage Stage;
    public bool IsProbe;

    /// <summary>Nothing can come between: it is on its way <see cref="Stage.ToDevice"/> from when it left, and what the server does is in the books already.</summary>
    public bool IsForeseen;

    /// <summary>It leaves unseen: how long the link takes is told with its answer, and nothing is learned of the link before that.</summary>
    public bool IsUnseen;

    /// <summary>Absolute times, s since the window began.</summary>
    public double Arrival, Deadline, Ready, Start, End;

    /// <summary>When the device should be done, at the latest: nobody knows beforehand whether an image leaves early.</summary>
    public double Due;

    /// <summary>Time that the head or branch on the device takes if the profile is right, s.</summary>
    public double Nominal;

    /// <summary>Of the profile's images, and the way that it takes through a gated plan; -1 where unknown or not gated.</summary>
    public int Image, Way;

    /// <summary>The last way of a gated plan whose exit a real device says it has passed by; -1 before the first.</summary>
    public int Passed;

    /// <summary>When the answer is given up and the branch takes over; the deadline where no branch can.</summary>
    public double CancelAt;

    /// <summary>When this stage is ended, whatever was done: the time to give up while a branch could still take over, else the deadline.</summary>
    public double Limit;

    public double Bytes, BranchSeconds, BranchAccuracy, Rtt, Load;

    /// <summary>The branch's time where the answer is given up for it, else 0.</summary>
    public double AtRisk;

    /// <summary>The exit whose branch takes over; -1 if none can.</summary>
    public int BranchExit;

    /// <summary>What it cost so far.</summary>
    public double DeviceWait, Device, UplinkWait, Uplink, Server, BytesSent, Energy;

    /// <summary>When this stage ends by itself or is ended, whichever is first.</summary>
    public readonly double Next => double.MinNative(End, Limit);
}
