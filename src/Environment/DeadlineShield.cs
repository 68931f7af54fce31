using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <summary>
/// Forbids plans that are expected to miss the deadline on a link slower than expected, unless all do. The rate is a low quantile of a lognormal
/// about the expected one, <c>rate * exp(-z * spread)</c> with <see cref="RateSpread"/>; a plan whose own answer is late misses, also where a branch
/// then answers for it. A rule of what the device knows, so that an agent meets the same one while it learns and where it is deployed (shielding: M. Alshiekh et al., Safe
/// Reinforcement Learning via Shielding, AAAI 2018).
/// </summary>
public sealed class DeadlineShield
{
    /// <summary>How a frozen policy calls this rule.</summary>
    public const string Rule = "deadline";

    /// <summary>z of one slower link in ten (a choice).</summary>
    public const double OneInTen = 1.2816;

    private readonly CostModel _model;
    private readonly Predictions[] _predictions;
    private readonly double _deviates;

    /// <param name="plans">Plans of the model's table that masks are about; null: all of them.</param>
    /// <param name="deviates">z, 0 or more: standard deviations of the log rate below the expected one.</param>
    public DeadlineShield(CostModel model, IReadOnlyList<int>? plans = null, double deviates = OneInTen)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(deviates);
        (_model, _deviates) = (model, deviates);
        _predictions = [.. Predictions.Of(model, plans ?? [.. Enumerable.Range(0, model.Count)])];
    }

    /// <summary>Allocates nothing; may be called by several threads at once.</summary>
    /// <param name="mask">Of the plans: what can run; what is left of it.</param>
    public void Apply(Observation known, Span<bool> mask)
    {
        var rate = known.Rate * Math.Exp(-_deviates * RateSpread.Of(known, _model.Scenario));
        Span<bool> meets = stackalloc bool[mask.Length];
        Span<Prediction> expected = stackalloc Prediction[Predictions.Most];
        var (any, i) = (false, 0);
        foreach (var block in _predictions)
        {
            block.Write(known, rate, expected);
            for (var p = 0; p < block.Count; p++, i++)
            {
                meets[i] = mask[i] && expected[p].Kind == OutcomeKind.Answered;
                any |= meets[i];
            }
        }
        if (any)
            meets.CopyTo(mask);
    }
}
