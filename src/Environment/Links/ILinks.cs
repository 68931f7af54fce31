namespace RlOffload.Environment.Links;

/// <summary>Where windows get their link from: recorded traces or a fitted model.</summary>
public interface ILinks
{
    /// <summary>Number of different windows; null where every number draws a new one.</summary>
    int? Windows { get; }

    /// <summary>The link of a window that lasts <paramref name="seconds"/>.</summary>
    LinkWindow At(int window, double seconds);

    /// <summary>A round-trip time, s.</summary>
    double DrawRtt(ref Rng rng);

    /// <summary>SHA-256 over what the windows are made of.</summary>
    string Hash { get; }
}
