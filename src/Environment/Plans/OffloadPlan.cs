namespace RlOffload.Environment.Plans;

public enum PlanKind : byte
{
    /// <summary>Everything up to the exit runs on the device.</summary>
    Local,

    /// <summary>The device runs the head, sends the tensors of the cut, the server runs the tail.</summary>
    Split,

    /// <summary>Split 0: the input itself is sent.</summary>
    Remote,

    /// <summary>The request is given up at once and pays as a miss; no work is done.</summary>
    Drop,
}

/// <summary>One decision: where to leave the network, where to split it, how many bits a number to send.</summary>
/// <param name="Exit">Exit branch of the profile, or -1 for <see cref="PlanKind.Drop"/>.</param>
/// <param name="Cut">Cut of the profile, or -1 for <see cref="PlanKind.Drop"/>.</param>
/// <param name="Bits">Bits a number at the cut; 0 where nothing is quantised.</param>
/// <param name="Probe">A train of 16 packets of 1,500 bytes is sent as well, to learn the link's rate.</param>
/// <param name="Gate">When confident: easy images leave at an earlier exit on the device; null: at the planned exit only.</param>
/// <param name="Clock">The device computes its part at this clock; null: at the profile's.</param>
public readonly record struct OffloadPlan(PlanKind Kind, int Exit, int Cut, int Bits, bool Probe = false, Gate? Gate = null, Clock? Clock = null)
{
    public override string ToString() => Kind switch
    {
        PlanKind.Local => $"local@{Exit + 1}",
        PlanKind.Remote => $"remote@{Exit + 1}",
        PlanKind.Split => $"cut{Cut}@{Exit + 1}/{Bits}b",
        _ => "drop",
    } + (Gate is null ? "" : $"?{Gate}") + (Clock is null ? "" : $"~{Clock}") + (Probe ? "+probe" : "");
}
