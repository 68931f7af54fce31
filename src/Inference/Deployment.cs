using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference;

/// <summary>
/// What decides, and what computes and sends what it decided: taken over as one, between two decisions. Two deployments may share device, remote and pool where only the policy differs.
/// </summary>
public sealed class Deployment
{
    private readonly bool[] _local, _unprobed, _all, _mask;
    private readonly bool[] _ready;
    private volatile bool _opening;

    /// <param name="ready">Plans that are prepared, which may become more: no other is chosen, unless none that is allowed is; null: all of them.</param>
    /// <param name="hash">What log and reports call it by.</param>
    public Deployment(CostModel model, IPolicy policy, IDevice device, IRemote remote, FlightPool pool, bool[]? ready = null, string? hash = null)
    {
        _all = [.. Enumerable.Repeat(true, model.Count)];
        (Model, Policy, Device, Remote, Pool, Hash, _ready) = (model, policy, device, remote, pool, hash, ready ?? _all);
        _local = [.. model.Table.Plans.Plans.Select(p => !p.Probe && p.Kind is PlanKind.Local or PlanKind.Drop)];
        _unprobed = [.. model.Table.Plans.Plans.Select(p => !p.Probe)];
        _mask = new bool[model.Count];
    }

    public CostModel Model { get; }
    public IPolicy Policy { get; }
    public IDevice Device { get; }
    public IRemote Remote { get; }
    public FlightPool Pool { get; }
    public string? Hash { get; }

    /// <summary>Whether parts of other plans are being opened still.</summary>
    public bool Opening { get => _opening; internal set => _opening = value; }

    /// <summary>What the process grew by, in memory of its own, while it opened the parts, less what it could let go of then; 0 before that is known.</summary>
    public long PartBytes { get; internal set; }

    /// <summary>Plans that are prepared.</summary>
    public int Ready => _ready.Count(r => r);

    /// <summary>The plans among those allowed that the policy may choose from now. Valid until asked again.</summary>
    /// <param name="sends">Whether plans that need the server may be chosen.</param>
    /// <param name="probes">Whether plans that probe may be.</param>
    public ReadOnlySpan<bool> Narrow(ReadOnlySpan<bool> allowed, bool sends, bool probes)
    {
        allowed = Among(sends ? _all : _local, _ready, allowed);
        return probes ? allowed : Among(_unprobed, _all, allowed);
    }

    /// <summary>The allowed plans that are among both; all of them where none is.</summary>
    private ReadOnlySpan<bool> Among(bool[] these, bool[] those, ReadOnlySpan<bool> allowed)
    {
        var any = false;
        for (var p = 0; p < _mask.Length; p++)
            any |= allowed[p] && these[p] && those[p];
        if (!any)
            return allowed;
        for (var p = 0; p < _mask.Length; p++)
            _mask[p] = allowed[p] && these[p] && those[p];
        return _mask;
    }
}
