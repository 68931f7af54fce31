namespace RlOffload.Environment.Links;

/// <summary>Windows of other links, each with a factor of its own on all its rates: e^U(-spread, spread), keyed by the window's number.</summary>
/// <param name="spread">Above 0; 0.7 draws factors of 0.5 to 2.</param>
public sealed class RandomisedLinks(ILinks links, double spread, ulong seed) : ILinks
{
    public int? Windows => links.Windows;

    public string Hash => FormattableString.Invariant($"{links.Hash} x e^U(-{spread:R}, {spread:R}) {seed}");

    public LinkWindow At(int window, double seconds)
    {
        var link = links.At(window, seconds);
        var u = Rng.Keyed(seed, (ulong)window, 0, RngPurpose.Randomise).NextDouble();
        return link with { Scale = link.Scale * Math.Exp(spread * (2 * u - 1)) };
    }

    public double DrawRtt(ref Rng rng) => links.DrawRtt(ref rng);
}
