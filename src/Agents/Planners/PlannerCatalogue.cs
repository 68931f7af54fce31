using System.Globalization;
using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <summary>All planners by name, grouped by the system they come from.</summary>
public static class PlannerCatalogue
{
    public static IReadOnlyList<PlannerEntry> All { get; } =
    [
        new("local", "everything on the device, deepest exit", o => new LocalPlanner(o.Setup.Model)),
        new("remote", "the input is sent, deepest exit on the server", o => new RemotePlanner(o.Setup.Model)),
        new("random", "uniform over all plans that can run", o => new RandomPlanner(o.Setup.Seed)),
        new("static", "the best fixed plan of the training windows; zero of the score", o => StaticPlanner.Tuned(o.Setup)),
        new("greedy", "highest expected reward of this request alone", o => new GreedyPlanner(o.Setup.Model, o.Setup.Candidates)),
        new("priced", "greedy less two tuned prices, for a second of device and of uplink; hard to beat", o => PricedPlanner.Tuned(o.Setup)),
        new("conservative", "greedy at a tuned low quantile of the rate", o => ConservativePlanner.Tuned(o.Setup)),
        new("robust", "highest reward on average over several guesses of the rate", o => RobustPlanner.Tuned(o.Setup)),
        new("probe-rule", "priced, and probes beside local plans when its knowledge is older than a tuned age", o => ProbeRulePlanner.Tuned(o.Setup)),
        new("mpc", "plans the next requests together as they are expected; tuned, hard to beat", o => MpcPlanner.Tuned(o.Setup)),
        new("dpp", "Lyapunov drift plus penalty over all plans, V tuned", o => DppPlanner.Tuned(o.Setup)),
        new("lydroo", "a network proposes plans, drift plus penalty scores them; trained once", o => LydrooPlanner.Tuned(o.Setup)),
        new("cutedge", "split and device clock of least energy, queues and lateness kept by Lyapunov's virtual queues; V tuned",
            o => CutEdgePlanner.Tuned(o.Setup, o.Bits, o.Name), TakesBits: true),
        new("memtl", "imitates an optimiser that knows the future; several heads, chosen by computed cost; trained once", o => MemtlPlanner.Tuned(o.Setup)),

        new("loa", "latency-only companion of LMOS: the inner split of least latency",
            o => new LoaPlanner(o.Setup.Model, o.Bits, o.Name), TakesBits: true),
        new("lmos", "LMOS' epsilon-constraint method on profiled latency and true memory, at the observed rate",
            o => new LmosPlanner(o.Setup.Model, o.Setup.LmosMemoryShare, o.Bits, o.Name), TakesBits: true),
        new("lmos-code", "LMOS as its authors' code computes it, on its synthetic memory model",
            o => new LmosCodePlanner(o.Setup.Model, o.Bits, name: o.Name), TakesBits: true),
        new("lmos-front", "LMOS' whole front in latency and edge memory; its knee is played",
            o => new LmosFrontPlanner(o.Setup.Model, o.Setup.LmosMemoryShare, o.Bits, o.Name), TakesBits: true),
        new("lmos-naive", "companion of LMOS: the inner split of least latency below its memory cap",
            o => new LmosNaivePlanner(o.Setup.Model, o.Setup.LmosMemoryShare, o.Bits, o.Name), TakesBits: true),

        new("smartsplit", "NSGA-II front in latency, energy and edge memory; TOPSIS with equal weights picks from it",
            o => new SmartSplitPlanner(o.Setup.Model, o.Setup.Seed, o.Bits, o.Name), TakesBits: true),

        new("neurosurgeon", "split of least latency by regressed layer times",
            o => new NeurosurgeonPlanner(o.Setup.Model, NeurosurgeonGoal.Latency, o.Bits, o.Name), TakesBits: true),
        new("neurosurgeon-energy", "split of least energy on the device by regressed layer times",
            o => new NeurosurgeonPlanner(o.Setup.Model, NeurosurgeonGoal.Energy, o.Bits, o.Name), TakesBits: true),

        new("dynamic-split", "split of least latency among the natural bottlenecks, the input and all-local",
            o => new DynamicSplitPlanner(o.Setup.Model, o.Bits, o.Name), TakesBits: true),
        new("dads", "smallest cut of the network's graph: least latency under light load, least slowest stage under heavy",
            o => new DadsPlanner(o.Setup.Model, o.Bits, o.Name), TakesBits: true),
        new("cic", "dads on a graph made smaller beforehand: the same decisions in a fraction of the time",
            o => new CicPlanner(o.Setup.Model, o.Bits, o.Name), TakesBits: true),
        new("edgent", "deepest exit that meets the deadline, at its fastest split",
            o => new EdgentPlanner(o.Setup.Model, o.Bits, o.Name), TakesBits: true),
        new("edgent+bits", "edgent that also chooses the width, the widest that meets the deadline",
            o => new EdgentPlanner(o.Setup.Model, null, o.Name)),

        new("splitee", "bandit over the exit that is tried on the device; who is not sure there is sent",
            o => SplitEePlanner.Learned(o.Setup, SplitEeVariant.SplitEe, o.Bits, o.Name), TakesBits: true, NeedsImages: true),
        new("splitee-s", "splitee that computes the exits on the way too and learns from all of them",
            o => SplitEePlanner.Learned(o.Setup, SplitEeVariant.SplitEeS, o.Bits, o.Name), TakesBits: true, NeedsImages: true),
        new("i-splitee", "splitee with the costs and the threshold of its image classifiers",
            o => SplitEePlanner.Learned(o.Setup, SplitEeVariant.ISplitEe, o.Bits, o.Name), TakesBits: true, NeedsImages: true),
        new("branchynet", "everything on the device, leaving at the first exit whose entropy is below a tuned threshold",
            o => BranchyNetPlanner.Tuned(o.Setup), NeedsImages: true),

        new("clairvoyant", "diagnostic: knows the trace, one request ahead", o => new ClairvoyantPlanner(o.Setup.Model, o.Setup.Candidates), IsDiagnostic: true),
        new("slot-oracle", "diagnostic: greedy with the rate of this moment", o => new SlotOraclePlanner(o.Setup.Model, o.Setup.Candidates), IsDiagnostic: true),
        new("knows-link", "diagnostic: mpc that knows the link, not the arrivals", o => KnowsLinkPlanner.Tuned(o.Setup), IsDiagnostic: true),
        new("knows-arrivals", "diagnostic: mpc that knows arrivals and deadlines, not the link", o => KnowsArrivalsPlanner.Tuned(o.Setup), IsDiagnostic: true),
        new("hindsight", "diagnostic: plays the oracle's plans, knowing the whole window; one of the score",
            o => new HindsightPlanner(o.Setup.Model, o.Setup.Candidates, o.Setup.Courses), IsDiagnostic: true),
    ];

    /// <summary>Whether <paramref name="name"/>, with or without a width, means a planner.</summary>
    public static bool Knows(string name) => All.Any(p => p.Name == name.Split('@')[0]);

    /// <param name="name">A name of <see cref="All"/>, for those that take bits also NAME@BITS.</param>
    /// <exception cref="InputException">Unknown name, or a width that the planner or the plan table does not have.</exception>
    public static IPolicy Create(string name, PlannerSetup setup)
    {
        var parts = name.Split('@');
        var entry = All.FirstOrDefault(p => p.Name == parts[0])
            ?? throw new InputException("policy", name, $"is no planner, allowed: {string.Join(", ", All.Select(p => p.Name))}");
        return entry.Create(new PlannerOrder(setup, name, Bits(name, entry, parts, setup)));
    }

    private static int Bits(string name, PlannerEntry entry, string[] parts, PlannerSetup setup)
    {
        if (parts.Length == 1)
            return 32;
        if (!entry.TakesBits)
            throw new InputException("policy", name,
                $"{entry.Name} chooses the width itself, allowed with @BITS: {string.Join(", ", All.Where(p => p.TakesBits).Select(p => p.Name))}");
        var widths = setup.Model.Table.Plans.Plans.Where(p => p.Bits > 0).Select(p => p.Bits).Distinct().Order().ToArray();
        return parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && widths.Contains(bits)
            ? bits
            : throw new InputException("policy", name, $"'{string.Join('@', parts[1..])}' is no width of the plan table, allowed: {string.Join(", ", widths)}");
    }
}
