namespace RlOffload.Environment.Simulation;

/// <summary>
/// What happens outside of the device's own bookkeeping. A simulated world (<see cref="WindowDraw"/>) knows when started work will end; a real one
/// starts it, answers <see cref="double.PositiveInfinity"/>, and later tells the <see cref="Stations"/> that it ended. Times are in s since the
/// window began.
/// </summary>
public interface IWorld
{
    /// <summary>Time the request may take.</summary>
    double Deadline(int request);

    /// <summary>Which of the profile's images the request brings; -1 if it is none of them.</summary>
    int Image(int request);

    /// <summary>The request's round-trip time where it is known beforehand, else infinity.</summary>
    double RoundTrip(int request);

    /// <summary>The device begins with the job's head or branch, which should take <paramref name="seconds"/>.</summary>
    /// <returns>When it ends.</returns>
    double Compute(in Job job, double now, double seconds);

    /// <summary>The uplink begins to send the job's bytes.</summary>
    /// <returns>When the last of them is sent.</returns>
    double Send(in Job job, double now);

    /// <summary>The server's load factor; asked of simulated servers only.</summary>
    double LoadAt(double now);

    /// <summary>Bytes of the job under way on the uplink that the link has carried until <paramref name="now"/>.</summary>
    double Carried(in Job job, double now);

    /// <summary>What a modem reports: bytes that the link could carry between two times.</summary>
    double BytesBetween(double from, double to);

    /// <summary>The job is taken from the station that holds it, before its work there ended.</summary>
    void Stop(in Job job);
}

/// <summary>Where outcomes go as they become known.</summary>
public interface IOutcomeSink
{
    void Deliver(in Outcome outcome);
}
