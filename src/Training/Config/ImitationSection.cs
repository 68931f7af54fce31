using RlOffload.Agents.Replay;

namespace RlOffload.Training.Config;

/// <summary>Reads the keys of <see cref="ImitationOptions"/> in the section of an agent that can imitate.</summary>
internal static class ImitationSection
{
    public static ImitationOptions Read(ConfigSection s, ImitationOptions d) => new(
        s.OneOf("imitate", [.. ImitationOptions.Names], d.Planner),
        s.Int("imitate_decisions", int.MinValue, int.MaxValue, d.Decisions),
        s.Int("imitate_updates", int.MinValue, int.MaxValue, d.Updates));
}
