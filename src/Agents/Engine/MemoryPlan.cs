namespace RlOffload.Agents.Engine;

/// <summary>Places values in one block of memory: two that are alive at the same time never overlap. First fit, in the order of creation.</summary>
internal sealed class MemoryPlan
{
    private readonly List<(int From, int To, int Owner)> _taken = [];

    /// <summary>Floats that all values need together.</summary>
    public int Size { get; private set; }

    public int Place(int owner, int size)
    {
        var (at, index) = (0, 0);
        for (; index < _taken.Count && _taken[index].From < at + size; index++)
            at = _taken[index].To;
        _taken.Insert(index, (at, at + size, owner));
        Size = Math.Max(Size, at + size);
        return at;
    }

    /// <summary>The memory of <paramref name="owner"/> goes on to <paramref name="heir"/>, which overwrites it.</summary>
    public void Inherit(int owner, int heir)
    {
        var i = _taken.FindIndex(t => t.Owner == owner);
        _taken[i] = _taken[i] with { Owner = heir };
    }

    public void Free(int owner) => _taken.RemoveAll(t => t.Owner == owner);
}
