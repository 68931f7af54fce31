using RlOffload.Agents.Pricing;
using RlOffload.Environment;

namespace RlOffload.Agents.CrossEntropy;

/// <summary>Options of <see cref="CrossEntropyAgent"/>.</summary>
public sealed record CrossEntropyOptions : IAgentOptions
{
    string IAgentOptions.Name => "cem";

    bool IAgentOptions.Transfers => true;

    PlanDetail IAgentOptions.Detail => PlanDetail.Features;

    /// <summary>Policies of a generation, the present mean among them.</summary>
    public int Population { get; init; } = 32;

    /// <summary>The best of them, whose mean and spread begin the next generation.</summary>
    public int Elite { get; init; } = 8;

    /// <summary>Windows that every policy of a generation plays.</summary>
    public int Windows { get; init; } = 12;

    /// <summary>Factor on the spread that the search begins with.</summary>
    public double Spread { get; init; } = 1;

    /// <summary>Share of the first spread that is added to that of the elite, falling to nothing over the training (Szita and Lorincz 2006): without it the search stops too early.</summary>
    public double Noise { get; init; } = 0.2;

    /// <summary>Share of the elite in the next mean and spread; the rest is that of the generation before.</summary>
    public double Smoothing { get; init; } = 0.7;

    IAgent IAgentOptions.Create(AgentSetup setup) => new CrossEntropyAgent(setup, this);

    ILearnedPolicy IAgentOptions.Policy(AgentSetup setup) => Policy(setup.View);

    /// <summary>Prices that are linear in the device's state.</summary>
    internal static PricingPolicy Policy(AgentView view) => new(Pricing(view), () => Pricing(view));

    internal static PlanPricing Pricing(AgentView view) => new(view, [], clip: 5);

    /// <summary>Throws <see cref="InputException"/> with every option that is out of range, named <paramref name="file"/>:<paramref name="section"/>.option.</summary>
    public CrossEntropyOptions Validated(string file, string section)
    {
        var problems = new OptionProblems(file, section);
        Require(problems);
        return problems.Checked(this);
    }

    /// <param name="of">Before each option's name, where these are part of others.</param>
    internal void Require(OptionProblems problems, string of = "")
    {
        problems.Require(Population is >= 4 and <= 100_000, $"{of}population", Population, "4 to 100000");
        problems.Require(Elite >= 2 && Elite < Population, $"{of}elite", Elite, "2 to below population");
        problems.Require(Windows is >= 1 and <= 100_000, $"{of}windows", Windows, "1 to 100000");
        problems.Require(Spread is > 0 and <= 100, $"{of}spread", Spread, "0 < spread <= 100");
        problems.Require(Noise is >= 0 and <= 100, $"{of}noise", Noise, "0 to 100");
        problems.Require(Smoothing is > 0 and <= 1, $"{of}smoothing", Smoothing, "0 < smoothing <= 1");
    }
}
