namespace RlOffload.Environment.Links;

/// <summary>
/// Windows of other links, each with a factor of its own on all its rates, a power of its own on their contrast and a tempo of its own: e^U(-spread, spread), keyed by
/// the window's number. r' = usual (r / usual)^power: links of the same two levels, as a cell's edge and its middle, differ in how far these lie apart and how long each lasts.
/// </summary>
/// <param name="usual">The rate that a change of contrast leaves as it is, bit/s.</param>
public sealed class RandomisedLinks(ILinks links, LinkSpread spread, double usual, ulong seed) : ILinks
{
    public int? Windows => links.Windows;

    public string Hash => spread is { Contrast: 0, Tempo: 0 } ? FormattableString.Invariant($"{links.Hash} x e^U(-{spread.Rate:R}, {spread.Rate:R}) {seed}")
        : FormattableString.Invariant($"{links.Hash} x e^U(-{spread.Rate:R}, {spread.Rate:R}) ^ {spread.Contrast:R} about {usual:R} tempo {spread.Tempo:R} {seed}");

    public LinkWindow At(int window, double seconds)
    {
        var rng = Rng.Keyed(seed, (ulong)window, 0, RngPurpose.Randomise);
        var (rate, power, tempo) = (Factor(ref rng, spread.Rate), Factor(ref rng, spread.Contrast), Factor(ref rng, spread.Tempo));
        var link = links.At(window, seconds / tempo);
        link = link with { Scale = link.Scale * rate };
        return power == 1 && tempo == 1 ? link : link with { Trace = link.Trace.Reshaped(tempo, usual, power), Offset = link.Offset * tempo };
    }

    public double DrawRtt(ref Rng rng) => links.DrawRtt(ref rng);

    private static double Factor(ref Rng rng, double spread)
    {
        var u = rng.NextDouble();
        return spread > 0 ? Math.Exp(spread * (2 * u - 1)) : 1;
    }
}
