using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Sources;

/// <summary>Where requests come from: a camera, files, HTTP.</summary>
public interface IRequestSource
{
    /// <summary>Whether requests wait until every plan is ready, as images of a file can; who asks by himself is answered by the plans that are.</summary>
    bool Waits { get; }

    /// <summary>Class of an image; null where nobody knows it.</summary>
    int? Label(int image);

    /// <summary>Submits requests until there are no more, or until cancelled.</summary>
    Task Bring(Controller controller, CancellationToken cancel);

    /// <summary>Told on the controller's loop of every request that ended; may keep nothing of the flight and must not wait.</summary>
    void Ended(Flight flight);
}
