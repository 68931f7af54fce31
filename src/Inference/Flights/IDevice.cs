namespace RlOffload.Inference.Flights;

/// <summary>The device's processor: computes one thing at a time and tells the mailbox when each is done, wanted or not. It lets go of the flight then.</summary>
public interface IDevice
{
    /// <summary>
    /// Computes the head of the flight's plan and packs what it sends, or the plan's local exit. Of a gated plan it tells of each exit that the image
    /// passed by, and ends at the one where it leaves.
    /// </summary>
    /// <param name="begun">When the controller gave it out, s.</param>
    /// <param name="seconds">What it should take; of a gated plan on average.</param>
    void ComputeHead(Flight flight, double begun, double seconds);

    /// <summary>Computes an exit from the tensors that the flight's head left.</summary>
    void ComputeBranch(Flight flight, int exit, double begun, double seconds);

    /// <summary>The result is not wanted any more.</summary>
    void Stop(Flight flight);
}
