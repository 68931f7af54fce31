using RlOffload.Agents.CrossEntropy;
using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Agents.Hindsight;

/// <summary>
/// When prices are searched by the reward of whole windows: before the first round, so that what is learned stands on what the search found, and
/// after the last, round what was learned. Returns of a horizon do not hold all that a decision is worth, above all not what its news of the link are
/// worth later; whole windows do, but can tell only few numbers apart.
/// </summary>
internal sealed class Refinement
{
    private readonly LeaningSearch? _before, _after;
    private readonly int _first, _last;
    private readonly long _end;
    private LeaningSearch? _now;
    private int _steps;

    /// <param name="pricing">What is searched round.</param>
    /// <param name="another">Makes a pricing of the same shape.</param>
    public Refinement(AgentSetup setup, RefineOptions options, PlanPricing pricing, Func<PlanPricing> another)
    {
        (_first, _last, _end) = (options.Before, options.After, setup.Steps);
        _before = _first > 0 ? new(setup, options.Search, pricing, another) : null;
        _after = _last > 0 ? new(setup, options.Search, pricing, another) : null;
    }

    /// <summary>Whether a search goes on, in which nothing else is learned.</summary>
    public bool Searching => _now is not null;

    /// <summary>A round of windows begins: begins and ends searches.</summary>
    /// <returns>Whether the search before the first round has just ended.</returns>
    public bool Turn()
    {
        var was = _now;
        _now = _steps < _first ? _before : _steps >= _end - _last ? _after : null;
        if (_now != was)
            _now?.Restart();
        return was is not null && was == _before && _now != was;
    }

    public void Begin(OffloadEnvironment environment, int lane) => _now?.Begin(environment, lane);

    /// <param name="step">Decisions made before this one.</param>
    public void Decide(int step) => _steps = step + 1;

    /// <param name="measures">As in <see cref="LeaningSearch.End"/>.</param>
    public void End(Span<double> measures) =>
        _now?.End(_now == _before ? (double)_steps / _first : 1 - (double)(_end - _steps) / _last, measures);

    public void Save(BinaryWriter writer)
    {
        writer.Write(_steps);
        writer.Write(_now is null ? 0 : _now == _before ? 1 : 2);
        _before?.Save(writer);
        _after?.Save(writer);
    }

    /// <summary>After the pricing was read.</summary>
    /// <exception cref="InputException">What is read is of another configuration; names <paramref name="file"/>.</exception>
    public void Load(BinaryReader reader, string file)
    {
        _steps = reader.ReadInt32();
        _now = reader.ReadInt32() switch { 1 => _before, 2 => _after, _ => null };
        _before?.Load(reader, file);
        _after?.Load(reader, file);
    }
}
