using System.Collections.Concurrent;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Partitions;

public enum PartKind : byte { Head, Tail, Whole, Step }

/// <param name="Exit">-1 for a head, which is the same for all exits.</param>
/// <param name="Cut">Where it begins; of a head where it ends; 0 for a whole network.</param>
/// <param name="To">Where a step ends: a piece of the way from one cut to a later one.</param>
public readonly record struct PartKey(PartKind Kind, int Exit, int Cut, int To = 0);

/// <summary>The heads, tails and whole networks of a model, as ONNX Runtime sessions that are opened when first used or beforehand, and shared by threads.</summary>
public sealed class PartitionSet : IDisposable
{
    private readonly ConcurrentDictionary<PartKey, Lazy<SubModel?>> _models = new();

    /// <exception cref="InputException">The model is not the profile's.</exception>
    public PartitionSet(string modelPath, ModelProfile profile)
    {
        if (!File.Exists(modelPath))
            throw new InputException(modelPath, "file", "is not there; an ONNX model is needed");
        (Network, Profile) = (SplitNetwork.Load(modelPath, profile), profile);
    }

    public SplitNetwork Network { get; }
    public ModelProfile Profile { get; }

    /// <summary>Parts opened so far.</summary>
    public int Opened => _models.Count(m => m.Value.IsValueCreated);

    /// <summary>Null where there is nothing to compute: the head of cut 0.</summary>
    public SubModel? Get(PartKey part) => _models.GetOrAdd(part, key => new Lazy<SubModel?>(() => Open(key))).Value;

    /// <summary>What a device needs for these plans: their heads and wholes, and every branch that a late answer may fall back to.</summary>
    public static IEnumerable<PartKey> DeviceParts(CostModel model) => model.Table.Plans.Plans.SelectMany(plan => plan.Kind switch
    {
        PlanKind.Local => [new PartKey(PartKind.Whole, plan.Exit, 0)],
        PlanKind.Split or PlanKind.Remote => model.Table.Profile.Partitions.Where(p => p.Cut == plan.Cut && !p.Local)
            .Select(p => p.Cut == 0 ? new PartKey(PartKind.Whole, p.Exit, 0) : new PartKey(PartKind.Tail, p.Exit, p.Cut))
            .Prepend(new PartKey(PartKind.Head, -1, plan.Cut)),
        _ => Enumerable.Empty<PartKey>(),
    }).Concat(Enumerable.Range(0, model.Count).SelectMany(p => GatedParts(model.Table, p))).Distinct();

    /// <summary>A gated plan runs in pieces: from each exit that is tried to the next, each of their branches, and what is left.</summary>
    private static IEnumerable<PartKey> GatedParts(CostTable table, int plan)
    {
        var from = 0;
        foreach (var way in table.Ways(plan).ToArray())
        {
            if (way.Leaves || table.Plans[plan].Kind == PlanKind.Split)
            {
                if (way.Cut > from)
                    yield return Step(from, way.Cut);
                if (way.Leaves)
                    yield return new PartKey(PartKind.Tail, way.Exit, way.Cut);
            }
            else
            {
                yield return new PartKey(PartKind.Tail, way.Exit, from);
            }
            from = way.Cut;
        }
    }

    /// <summary>From one cut to a later one; from cut 0 that is a head.</summary>
    public static PartKey Step(int from, int to) => from == 0 ? new(PartKind.Head, -1, to) : new(PartKind.Step, -1, from, to);

    /// <summary>What a server needs for these plans: their tails.</summary>
    public static IEnumerable<PartKey> ServerParts(PlanTable plans) => plans.Plans.Where(p => p.Kind is PlanKind.Split or PlanKind.Remote)
        .Select(p => p.Cut == 0 ? new PartKey(PartKind.Whole, p.Exit, 0) : new PartKey(PartKind.Tail, p.Exit, p.Cut)).Distinct();

    public void Dispose()
    {
        foreach (var model in _models.Values.Where(m => m.IsValueCreated))
            model.Value?.Dispose();
    }

    private SubModel? Open(PartKey part) => part.Kind switch
    {
        PartKind.Head => Network.Head(part.Cut) is { } head ? new SubModel(head) : null,
        PartKind.Tail => new SubModel(Network.Tail(part.Exit, part.Cut)),
        PartKind.Step => new SubModel(Network.Step(part.Cut, part.To)),
        _ => new SubModel(Network.Local(part.Exit)),
    };
}
