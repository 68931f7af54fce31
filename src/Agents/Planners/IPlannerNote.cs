namespace RlOffload.Agents.Planners;

/// <summary>A planner that predicts or imitates, and knows how well.</summary>
public interface IPlannerNote
{
    /// <summary>What a reader of its results should know.</summary>
    string Note { get; }
}
