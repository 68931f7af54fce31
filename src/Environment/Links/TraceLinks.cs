namespace RlOffload.Environment.Links;

/// <summary>Windows cut from recorded traces; a window number beyond the last wraps around.</summary>
public sealed class TraceLinks(IReadOnlyList<LinkWindow> windows, RttModel roundTrips, string hash) : ILinks
{
    public IReadOnlyList<LinkWindow> All { get; } = windows;
    public int? Windows => All.Count;
    public string Hash { get; } = hash;

    public LinkWindow At(int window, double seconds) => All[window % All.Count];

    public double DrawRtt(ref Rng rng) => roundTrips.Draw(ref rng);
}
