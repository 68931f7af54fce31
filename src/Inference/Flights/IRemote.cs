namespace RlOffload.Inference.Flights;

/// <summary>
/// The uplink and what is behind it: sends one message at a time, and tells the mailbox when it left and what became of it, unless it was stopped.
/// It lets go of the flight after that.
/// </summary>
public interface IRemote
{
    void Send(Flight flight);

    /// <summary>Sends a train of packets whose only purpose is to be timed.</summary>
    void SendProbe(int request);

    /// <summary>Asks the server for its round trip and its load by a message that is as short as can be. An answer is told; that none came is not.</summary>
    /// <param name="number">Among the probes'.</param>
    void Ping(int number);

    /// <summary>The answer, or the probe, is not wanted any more; what is not sent yet is not sent.</summary>
    void Stop(int request, bool probe);

    /// <summary>Bytes of the message or probe under way that were carried until now.</summary>
    double Carried(double now);

    /// <summary>What the modem says the link could have carried between two times, in bytes; 0 where there is none.</summary>
    double BytesBetween(double from, double to);
}
