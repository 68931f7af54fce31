using RlOffload.Environment;

namespace RlOffload.Agents.Replay;

/// <summary>What a learner from transitions learned: the plan of the highest logit, a planner's scores beneath it if it starts from one.</summary>
/// <param name="start">The planner beneath; null where it starts from none.</param>
/// <param name="another">Makes a learner of the same shape.</param>
public sealed class ReplayPolicy(IReplayLearner learner, PlannerStart? start, Func<IReplayLearner> another) : ILearnedPolicy
{
    private readonly float[] _logits = new float[learner.Actions], _prior = new float[start is null ? 0 : learner.Actions];

    public IReplayLearner Learner => learner;
    public PlannerStart? Start => start;

    public int Decide(Observation known, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask)
    {
        start?.Write(known, _prior);
        learner.Logits(observation, mask, _prior, _logits);
        return Categorical.Best(_logits, mask);
    }

    public ILearnedPolicy Copy()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        Save(writer);
        memory.Position = 0;
        var copy = new ReplayPolicy(another(), start?.Copy(), another);
        using var reader = new BinaryReader(memory);
        copy.Load(reader, "copy");
        return copy;
    }

    public FrozenGraph Freeze() => new(learner.Lower(), (observation, mask, prior, logits) => learner.Logits(observation, mask, prior, logits), start?.Prior);

    public void Save(BinaryWriter writer)
    {
        learner.Save(writer);
        start?.Save(writer);
    }

    public void Load(BinaryReader reader, string file)
    {
        learner.Load(reader, file);
        start?.Load(reader, file);
    }
}
