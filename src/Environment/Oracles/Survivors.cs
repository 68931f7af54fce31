namespace RlOffload.Environment.Oracles;

/// <param name="Earned">Once the work at hand is done and if nothing more arrived.</param>
/// <param name="DeviceWork">s that the device works from the next arrival on, and <paramref name="UplinkWork"/> the uplink.</param>
/// <param name="DeviceEnd">s from the next arrival on until the device has ended it, and <paramref name="UplinkEnd"/> the uplink.</param>
/// <param name="Joules">Spent so far; 0 where energy costs nothing.</param>
/// <param name="Parent">The state that it comes from.</param>
internal readonly record struct Child(
    double Earned, double DeviceWork, double DeviceEnd, double UplinkWork, double UplinkEnd, double Joules, int Parent, int Plan);

/// <summary>
/// Chooses the states of a beam that live on. A state goes if another earned no less and leaves no more work to either station, no later; of the others
/// every price keeps those that are worth most to it, an equal share each, so that states that earned much live beside states that left much time. Of
/// equals the first stays, so the choice is the same on every machine.
/// </summary>
/// <param name="tolerance">s and J by which the better state may be worse.</param>
internal sealed class Survivors(Price[] prices, int width, (double Seconds, double Joules) tolerance)
{
    private readonly int[] _chosen = new int[width];
    private readonly double[] _worth = new double[width];
    private Rank[] _ranks = [];
    private int[] _front = [];

    public int Width => _chosen.Length;

    /// <summary>Positions of the children that live on, no child twice.</summary>
    /// <param name="last">No request follows: what is left holds nobody up, and the one that earned most is first.</param>
    public ReadOnlySpan<int> Of(ReadOnlySpan<Child> children, bool last)
    {
        var front = Front(children);
        if (last)
            return front[..1];
        var count = 0;
        for (var p = 0; p < prices.Length; p++)
            count = Add(children, front, prices[p], count, Width * (p + 1) / prices.Length);
        return _chosen.AsSpan(0, count);
    }

    /// <summary>Children that none beats, those that earned most first.</summary>
    private ReadOnlySpan<int> Front(ReadOnlySpan<Child> children)
    {
        if (_front.Length < children.Length)
            (_ranks, _front) = (new Rank[children.Length], new int[children.Length]);
        var ranks = _ranks.AsSpan(0, children.Length);
        for (var c = 0; c < ranks.Length; c++)
            ranks[c] = new Rank(children[c].Earned, c);
        ranks.Sort();
        var count = 0;
        foreach (var rank in ranks)
            if (!Beaten(children, rank.Child, count))
                _front[count++] = rank.Child;
        return _front.AsSpan(0, count);
    }

    private bool Beaten(ReadOnlySpan<Child> children, int c, int count)
    {
        ref readonly var child = ref children[c];
        var (seconds, joules) = tolerance;
        for (var f = count - 1; f >= 0; f--)
        {
            ref readonly var other = ref children[_front[f]];
            if (other.DeviceWork <= child.DeviceWork + seconds && other.DeviceEnd <= child.DeviceEnd + seconds
                && other.UplinkWork <= child.UplinkWork + seconds && other.UplinkEnd <= child.UplinkEnd + seconds && other.Joules <= child.Joules + joules)
                return true;
        }
        return false;
    }

    /// <summary>Fills the places from <paramref name="from"/> to <paramref name="to"/> by worth with what is not yet chosen; returns how many are taken.</summary>
    private int Add(ReadOnlySpan<Child> children, ReadOnlySpan<int> front, Price price, int from, int to)
    {
        var end = from;
        foreach (var c in front)
        {
            ref readonly var child = ref children[c];
            var worth = child.Earned - price.Device * child.DeviceEnd - price.Uplink * child.UplinkEnd - price.Joule * child.Joules;
            if (from == to || (end == to && worth <= _worth[end - 1]) || _chosen.AsSpan(0, from).Contains(c))
                continue;
            var at = end < to ? end++ : end - 1;
            for (; at > from && _worth[at - 1] < worth; at--)
                (_worth[at], _chosen[at]) = (_worth[at - 1], _chosen[at - 1]);
            (_worth[at], _chosen[at]) = (worth, c);
        }
        return end;
    }

    private readonly record struct Rank(double Earned, int Child) : IComparable<Rank>
    {
        public int CompareTo(Rank other) => Earned != other.Earned ? other.Earned.CompareTo(Earned) : Child.CompareTo(other.Child);
    }
}
