using RlOffload.Environment.Profiles;

namespace RlOffload.Environment.Plans;

/// <summary>One way that an image can take through a gated plan: leave at an exit on the device, or go on to the planned end.</summary>
/// <param name="Exit">Where the answer comes from.</param>
/// <param name="Cut">Where that exit branches off; of the last way the plan's own cut.</param>
/// <param name="Leaves">Whether the image leaves early.</param>
/// <param name="Share">Of the profile's images, 0..1.</param>
/// <param name="DeviceSeconds">From the start of the head until the image leaves, or until the tensor is ready, on the cool device.</param>
/// <param name="Accuracy">Of the images that take this way, 0..1.</param>
/// <param name="HeldAccuracy">Of the images that pass this exit by, had they been answered with it; 0 for the last way.</param>
public readonly record struct GatedWay(int Exit, int Cut, bool Leaves, double Share, double DeviceSeconds, double Accuracy, double HeldAccuracy);

/// <summary>The ways through one gated plan, and which of them each of the profile's images takes.</summary>
public sealed class GatedPath
{
    private readonly GatedWay[] _ways;
    private readonly byte[] _wayOf;

    private GatedPath(GatedWay[] ways, byte[] wayOf) => (_ways, _wayOf) = (ways, wayOf);

    /// <summary>In the order in which the exits are tried; the last one goes on.</summary>
    public ReadOnlySpan<GatedWay> Ways => _ways;

    public int WayOf(int image) => _wayOf[image];

    /// <summary>Those of the plans that pass an exit which the gate tries, with the gate.</summary>
    /// <exception cref="InputException">The profile has no outcomes of single images.</exception>
    internal static IEnumerable<OffloadPlan> Gated(ModelProfile profile, Gate gate, IReadOnlyList<OffloadPlan> plans) => profile.Outcomes is null
        ? throw new InputException(profile.Model.Path, "outcomes",
            "is missing, so nobody knows which images leave early; profile with --images and --labels, or offer no plans that leave when confident")
        : plans.Where(p => p.Kind is PlanKind.Local or PlanKind.Split && Tried(profile, p, gate).Any()).Select(p => p with { Gate = gate });

    /// <param name="known">Ways of all images by the gate and the exits that it tries, which many plans have in common: those found are taken, others added.</param>
    /// <param name="goingOn">Accuracy of all images at the planned exit over that of the same exit on the whole network, as a difference: what quantising loses.</param>
    internal static GatedPath Of(ModelProfile profile, OffloadPlan plan, double factor, double headSeconds, double goingOn, Dictionary<(Gate, string), byte[]> known)
    {
        var (gate, outcomes) = (plan.Gate!, profile.Outcomes!);
        var tried = Tried(profile, plan, gate).ToArray();
        var key = (gate, string.Join(' ', tried.Select(t => t.Exit)));
        if (!known.TryGetValue(key, out var wayOf))
            known.Add(key, wayOf = WaysOf(gate, outcomes, tried));
        var ways = new GatedWay[tried.Length + 1];
        var branches = 0.0;
        for (var w = 0; w < tried.Length; w++)
        {
            var (exit, cut) = tried[w];
            branches += Time(profile, exit, cut).TailMs.Median / 1000 * factor;
            ways[w] = new(exit, cut, true, Share(wayOf, w, w), Time(profile, plan.Exit, cut).HeadMs.Median / 1000 * factor + branches,
                Correct(outcomes, exit, wayOf, w, w), Correct(outcomes, exit, wayOf, w + 1, tried.Length));
        }
        ways[^1] = new(plan.Exit, plan.Cut, false, Share(wayOf, tried.Length, tried.Length), headSeconds + branches,
            Math.Max(0, Correct(outcomes, plan.Exit, wayOf, tried.Length, tried.Length) + goingOn), 0);
        return new GatedPath(ways, wayOf);
    }

    /// <summary>Which of the exits that are tried each image leaves at, by their number; as many as there are where it goes on.</summary>
    private static byte[] WaysOf(Gate gate, ImageOutcomes outcomes, (int Exit, int Cut)[] tried)
    {
        var wayOf = new byte[outcomes.Images];
        for (var image = 0; image < wayOf.Length; image++)
        {
            var way = 0;
            while (way < tried.Length && !gate.Leaves(outcomes, tried[way].Exit, image))
                way++;
            wayOf[image] = (byte)way;
        }
        return wayOf;
    }

    /// <summary>Exits before the planned one that the gate tries and that branch off at or before the plan's cut, each with the cut where it branches off.</summary>
    internal static IEnumerable<(int Exit, int Cut)> Tried(ModelProfile profile, OffloadPlan plan, Gate gate) =>
        from exit in Enumerable.Range(0, plan.Exit)
        where gate.Tries(exit)
        let cut = BranchPoint(profile, exit, plan.Exit)
        where cut > 0 && cut <= plan.Cut
        select (exit, cut);

    /// <summary>The last cut that lies on the way to both exits; -1 where they share none.</summary>
    public static int BranchPoint(ModelProfile profile, int exit, int deeper)
    {
        var shared = profile.Partitions.Where(p => p.Exit == exit && !p.Local).Select(p => p.Cut)
            .Intersect(profile.Partitions.Where(p => p.Exit == deeper && !p.Local).Select(p => p.Cut));
        return shared.DefaultIfEmpty(-1).Max();
    }

    private static Partition Time(ModelProfile profile, int exit, int cut) => profile.Partitions.First(p => p.Exit == exit && p.Cut == cut);

    private static double Share(byte[] wayOf, int first, int last) => wayOf.Count(w => w >= first && w <= last) / (double)wayOf.Length;

    private static double Correct(ImageOutcomes outcomes, int exit, byte[] wayOf, int first, int last)
    {
        var (right, of) = (0, 0);
        for (var image = 0; image < wayOf.Length; image++)
            if (wayOf[image] >= first && wayOf[image] <= last)
                (right, of) = (right + (outcomes.Correct[exit][image] == '1' ? 1 : 0), of + 1);
        return of == 0 ? 0 : right / (double)of;
    }
}
