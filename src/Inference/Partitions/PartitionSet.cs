using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Onnx;

namespace RlOffload.Inference.Partitions;

public enum PartKind : byte { Head, Tail, Whole, Step }

/// <param name="Exit">-1 for a head, which is the same for all exits.</param>
/// <param name="Cut">Where it begins; of a head where it ends; 0 for a whole network.</param>
/// <param name="To">Where a step ends: a piece of the way from one cut to a later one.</param>
public readonly record struct PartKey(PartKind Kind, int Exit, int Cut, int To = 0);

/// <summary>The heads, tails and whole networks of a model, as ONNX Runtime sessions that are opened when first used or beforehand, and shared by threads.</summary>
public sealed class PartitionSet : IDisposable
{
    private readonly Lazy<SharedWeights> _weights;
    private readonly ConcurrentDictionary<PartKey, Lazy<SubModel?>> _models = new();

    /// <exception cref="InputException">The model is not the profile's.</exception>
    public PartitionSet(string modelPath, ModelProfile profile)
    {
        if (!File.Exists(modelPath))
            throw new InputException(modelPath, "file", "is not there; an ONNX model is needed");
        (Network, Profile) = (SplitNetwork.Load(modelPath, profile), profile);
        _weights = new Lazy<SharedWeights>(() => new SharedWeights(Network.Graph));
    }

    public SplitNetwork Network { get; }
    public ModelProfile Profile { get; }

    /// <summary>Parts opened so far.</summary>
    public int Opened => _models.Count(m => m.Value.IsValueCreated);

    /// <summary>
    /// Opens what these plans need on the device, the plans that need least first, until this process has grown by the budget: small heads and early exits
    /// then come before deep ones, and what did not fit is never opened in the middle of a request.
    /// </summary>
    /// <param name="prepare">Opens a part and makes whatever running it needs.</param>
    /// <param name="budget">Bytes; infinite: all of them.</param>
    /// <param name="used">Memory of this process, bytes; null: what the system says.</param>
    /// <returns>Each plan, once all its parts are open; what was not asked for yet is not opened yet.</returns>
    public static IEnumerable<int> Prepare(CostModel model, Action<PartKey> prepare, double budget, Func<long>? used = null)
    {
        var open = new HashSet<PartKey>();
        var begun = used?.Invoke() ?? System.Environment.WorkingSet;
        var least = 0.0; // what a head needs is in use, even if the collector gave back as much meanwhile
        double Grown() => used is null ? Math.Max(System.Environment.WorkingSet - begun, least) : used() - begun;
        foreach (var plan in Enumerable.Range(0, model.Count).OrderBy(p => model.Table[p].MemoryBytes).ThenBy(p => p))
        {
            var missing = PartsOf(model, plan).Where(p => !open.Contains(p)).ToList();
            if (missing.Count > 0 && Grown() >= budget)
                continue;
            foreach (var part in missing)
                prepare(part);
            open.UnionWith(missing);
            least = Math.Max(least, model.Table[plan].MemoryBytes);
            yield return plan;
        }
    }

    /// <summary>Null where there is nothing to compute: the head of cut 0.</summary>
    public SubModel? Get(PartKey part) => _models.GetOrAdd(part, key => new Lazy<SubModel?>(() => Open(key))).Value;

    /// <summary>What a device needs for these plans: their heads and wholes, and every branch that a late answer may fall back to.</summary>
    public static IEnumerable<PartKey> DeviceParts(CostModel model) => Enumerable.Range(0, model.Count).SelectMany(p => PartsOf(model, p)).Distinct();

    private static IEnumerable<PartKey> PartsOf(CostModel model, int plan) => (model.Table.Plans[plan] switch
    {
        { Kind: PlanKind.Local } local => [new PartKey(PartKind.Whole, local.Exit, 0)],
        { Kind: PlanKind.Split or PlanKind.Remote } sent => model.Table.Profile.Partitions.Where(p => p.Cut == sent.Cut && !p.Local)
            .Select(p => p.Cut == 0 ? new PartKey(PartKind.Whole, p.Exit, 0) : new PartKey(PartKind.Tail, p.Exit, p.Cut))
            .Prepend(new PartKey(PartKind.Head, -1, sent.Cut)),
        _ => Enumerable.Empty<PartKey>(),
    }).Concat(GatedParts(model.Table, plan)).Distinct();

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
        if (_weights.IsValueCreated)
            _weights.Value.Dispose();
    }

    private SubModel? Open(PartKey part) => part.Kind switch
    {
        PartKind.Head => Network.Head(part.Cut) is { } head ? Open(head) : null,
        PartKind.Tail => Open(Network.Tail(part.Exit, part.Cut)),
        PartKind.Step => Open(Network.Step(part.Cut, part.To)),
        _ => Open(Network.Local(part.Exit)),
    };

    private SubModel Open(OnnxModel part) => new(part, GraphOptimizationLevel.ORT_ENABLE_ALL, null, _weights.Value);
}
