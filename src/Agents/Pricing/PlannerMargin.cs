using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Pricing;

/// <summary>
/// By how much the value of a plan has to lead that of the plan which the planner 'priced' would take, before it is taken instead: what was learned on few links is
/// believed only where it is sure (conservative improvement on a policy that is trusted: Laroche, Trichelair and Tachet des Combes, ICML 2019). The planner's
/// plan gets the margin on top of its value; those that the planner finds nearly as good get the more of it the nearer they are, so that it need not be sure of what the planner is not.
/// </summary>
internal static class PlannerMargin
{
    /// <summary>Reward by which the planner has to prefer its own plan to one that gets nothing of the margin (a choice).</summary>
    private const float Width = 0.01f;

    /// <param name="margin">In the scale of the values; 0 or more.</param>
    /// <param name="start">[1, K], the planner's prices.</param>
    /// <param name="features">Of all plans, K a plan.</param>
    /// <param name="values">Of all plans; those that the mask allows are raised.</param>
    /// <param name="scores">Scratch, one a plan.</param>
    public static void Add(float margin, Matrix start, ReadOnlySpan<float> features, ReadOnlySpan<bool> mask, Span<float> values, Span<float> scores)
    {
        var highest = ActionMask.Forbidden;
        for (var a = 0; a < mask.Length; a++)
        {
            scores[a] = PlanPricing.Dot(start.Row(0), features.Slice(a * PlanFeatures.Count, PlanFeatures.Count));
            if (mask[a])
                highest = Math.Max(highest, scores[a]);
        }
        for (var a = 0; a < mask.Length; a++)
            if (mask[a])
                values[a] += margin * Math.Max(1 / Width * (scores[a] - highest) + 1, 0);
    }

    /// <param name="scores">[1, A], the planner's.</param>
    /// <param name="mask">[1, A]</param>
    /// <returns>[1, A], what is added to the values.</returns>
    public static Tensor Lower(double margin, Tensor scores, Tensor mask)
    {
        var allowed = ActionMask.Lower(mask, scores);
        return margin * (1 / Width * (allowed - allowed.MaxColumns()) + 1).Relu();
    }
}
