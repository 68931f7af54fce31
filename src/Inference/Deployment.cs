using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference;

/// <summary>
/// What decides, and what computes and sends what it decided: taken over as one, between two decisions. Two deployments may share device, remote and pool where only the policy differs.
/// </summary>
public sealed class Deployment
{
    private readonly bool[] _local, _unprobed, _mask;
    private readonly bool[]? _ready;

    /// <param name="ready">Plans that are prepared: no other is chosen, unless none that is allowed is; null: all of them.</param>
    /// <param name="hash">What log and reports call it by.</param>
    public Deployment(CostModel model, IPolicy policy, IDevice device, IRemote remote, FlightPool pool, bool[]? ready = null, string? hash = null)
    {
        (Model, Policy, Device, Remote, Pool, Hash, _ready) = (model, policy, device, remote, pool, hash, ready);
        _local = [.. model.Table.Plans.Plans.Select((p, i) => ready?[i] != false && !p.Probe && p.Kind is PlanKind.Local or PlanKind.Drop)];
        _unprobed = [.. model.Table.Plans.Plans.Select(p => !p.Probe)];
        _mask = new bool[model.Count];
    }

    public CostModel Model { get; }
    public IPolicy Policy { get; }
    public IDevice Device { get; }
    public IRemote Remote { get; }
    public FlightPool Pool { get; }
    public string? Hash { get; }

    /// <summary>The plans among those allowed that the policy may choose from now. Valid until asked again.</summary>
    /// <param name="sends">Whether plans that need the server may be chosen.</param>
    /// <param name="probes">Whether plans that probe may be.</param>
    public ReadOnlySpan<bool> Narrow(ReadOnlySpan<bool> allowed, bool sends, bool probes)
    {
        if (!sends)
            allowed = Among(_local, allowed);
        else if (_ready is not null)
            allowed = Among(_ready, allowed);
        return probes ? allowed : Among(_unprobed, allowed);
    }

    /// <summary>The allowed plans that are among these; all of them where none is.</summary>
    private ReadOnlySpan<bool> Among(bool[] these, ReadOnlySpan<bool> allowed)
    {
        var any = false;
        for (var p = 0; p < _mask.Length; p++)
            any |= allowed[p] && these[p];
        if (!any)
            return allowed;
        for (var p = 0; p < _mask.Length; p++)
            _mask[p] = allowed[p] && these[p];
        return _mask;
    }
}
