using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Inference.Policies;

namespace RlOffload.Training.Evaluation;

/// <summary>What the user typed after --policy, checked before any work: a planner, a folder, a learner with several seeds, or all planners.</summary>
/// <param name="Name">Of the row.</param>
/// <param name="Sources">Planner or folders; of a learner one a seed.</param>
/// <param name="IsLearner">Typed as NAME=FOLDER,FOLDER: one row, scored over all seeds.</param>
/// <param name="IsOneOfAll">Not named by the user, so it may be left out where it cannot play.</param>
public sealed record PolicyChoice(string Name, IReadOnlyList<string> Sources, bool IsLearner = false, bool IsOneOfAll = false)
{
    /// <summary>Every planner of the catalogue.</summary>
    public const string All = "all";

    /// <exception cref="InputException">All that is neither planner nor folder, at once.</exception>
    public static IReadOnlyList<PolicyChoice> Parse(IReadOnlyList<string> typed)
    {
        var problems = new List<string>();
        var choices = typed.SelectMany(t => Parse(t, problems)).ToList();
        foreach (var twice in choices.Where(c => c.IsLearner).GroupBy(c => c.Name).Where(g => choices.Count(c => c.Name == g.Key) > 1))
            problems.Add($"--policy:{twice.Key}: is given twice, allowed is one learner a name, with all its runs separated by commas");
        return problems.Count == 0 ? choices : throw new InputException(problems);
    }

    private static IEnumerable<PolicyChoice> Parse(string typed, List<string> problems)
    {
        if (typed == All)
            return PlannerCatalogue.All.Select(p => new PolicyChoice(p.Name, [p.Name], IsOneOfAll: true));
        if (PlannerCatalogue.Knows(typed) || IsFolder(typed))
            return [new PolicyChoice(typed, [typed])];
        if (SeedsFolder.IsIn(typed))
            return [new PolicyChoice(typed, Seeds(typed), IsLearner: true)];
        var equals = typed.IndexOf('=');
        if (equals < 1)
        {
            problems.Add($"--policy:{typed}: is neither a planner nor a folder with a run or a frozen policy, allowed: {All}, "
                + $"{string.Join(", ", PlannerCatalogue.All.Select(p => p.Name))}, such a folder, or NAME=RUN,RUN,... for a learner trained with several seeds (a folder of 'train --seeds' is all of its runs)");
            return [];
        }
        var (name, folders) = (typed[..equals], typed[(equals + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        folders = [.. folders.SelectMany(f => SeedsFolder.IsIn(f) ? Seeds(f) : [f])];
        if (PlannerCatalogue.Knows(name) || name == All)
            problems.Add($"--policy:{name}: is a planner's name, allowed for a learner is another");
        if (folders.Length == 0)
            problems.Add($"--policy:{name}: names no run, allowed is NAME=RUN,RUN,...");
        problems.AddRange(folders.Where(f => !IsFolder(f)).Select(f => $"--policy:{name}: {f} holds neither a run nor a frozen policy, allowed is a folder that does"));
        problems.AddRange(folders.GroupBy(f => Path.GetFullPath(f)).Where(g => g.Count() > 1).Select(g => $"--policy:{name}: names {g.First()} twice, allowed is each seed once"));
        return [new PolicyChoice(name, folders, IsLearner: true)];
    }

    private static string[] Seeds(string folder) => [.. new SeedsFolder(folder).Runs.Select(r => Path.GetRelativePath(".", r.Root))];

    private static bool IsFolder(string path) => RunFolder.IsIn(path) || FrozenPolicyFile.IsIn(path);
}
