using RlOffload.Agents.CrossEntropy;

namespace RlOffload.Training.Config;

/// <summary>Reads the section train.cem: every option of <see cref="CrossEntropyOptions"/> under its name in snake_case; its own check says what is allowed.</summary>
internal static class CrossEntropySection
{
    public static CrossEntropyOptions Read(ConfigSection s)
    {
        var options = Options(s);
        return OptionCheck.Of(s, options, options.Validated);
    }

    /// <summary>Not checked yet.</summary>
    internal static CrossEntropyOptions Options(ConfigSection s)
    {
        var d = new CrossEntropyOptions();
        return new CrossEntropyOptions
        {
            Population = s.Int("population", int.MinValue, int.MaxValue, d.Population),
            Elite = s.Int("elite", int.MinValue, int.MaxValue, d.Elite),
            Windows = s.Int("windows", int.MinValue, int.MaxValue, d.Windows),
            Spread = s.Double("spread", Bounds.Finite, d.Spread),
            Noise = s.Double("noise", Bounds.Finite, d.Noise),
            Smoothing = s.Double("smoothing", Bounds.Finite, d.Smoothing),
        };
    }
}
