using RlOffload.Agents.Engine;
using RlOffload.Agents.Planners;
using RlOffload.Environment;

namespace RlOffload.Agents;

/// <summary>What an agent is made from, whichever it is.</summary>
public sealed record AgentSetup
{
    public required AgentView View { get; init; }

    /// <summary>Of weights, of exploration and of what is drawn from memory.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Decisions that it will be trained on.</summary>
    public required int Steps { get; init; }

    /// <summary>Decisions before the first update.</summary>
    public int StartSteps { get; init; }

    /// <summary>Decisions between two updates.</summary>
    public int UpdateEvery { get; init; } = 1;

    /// <summary>Transitions to remember.</summary>
    public int ReplayCapacity { get; init; } = 1;

    /// <summary>Environments that are played side by side.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>What decisions are charged under budgets; null where there are none.</summary>
    public BudgetKeeper? Budgets { get; init; }

    /// <summary>What runs the updates of what it learns.</summary>
    public Func<Graph, IEngine> Engine { get; init; } = Engines.Of(Engines.BuiltIn);

    /// <summary>Which of these planners earns most on the tuning windows; under budgets, of those that keep them.</summary>
    public string BestPlanner(IReadOnlyList<string> names, PlannerSetup planners)
    {
        IPolicy[] all = [.. names.Select(name => PlannerCatalogue.Create(name, planners))];
        var merits = Rollout.Means(planners.Training, all, planners.TrainingWindows, planners.Threads).Select(m => Budgets?.Merit(m.Reward, m.Costs) ?? m.Reward).ToList();
        return names[merits.IndexOf(merits.Max())];
    }

    /// <summary>Planners to start from, tuned on the training links; asked for only by who starts from one.</summary>
    public Func<PlannerSetup> Planners { get; init; } = () => throw new InvalidOperationException("nobody said what planners are made from");
}

/// <summary>The options of an agent, which know what they are options of.</summary>
public interface IAgentOptions
{
    /// <summary>What a config, a run's manifest and reports call it.</summary>
    string Name { get; }

    /// <summary>How much the agent wants to be told of each plan.</summary>
    PlanDetail Detail => PlanDetail.Reward;

    /// <summary>Whether its policies judge plans by what they take and give and not by their place in the table, so that they decide for networks that they were not trained on.</summary>
    bool Transfers => false;

    IAgent Create(AgentSetup setup);

    /// <summary>A policy that has learned nothing yet, to load what one has; needs no planners.</summary>
    ILearnedPolicy Policy(AgentSetup setup);
}
