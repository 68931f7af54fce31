using System.Globalization;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Policies;

namespace RlOffload.Inference.Runs;

/// <summary>What was known of one plan when a decision was made. Times in ms.</summary>
/// <param name="Allowed">Whether the policy could choose it: the device can run it, and no shield forbids it.</param>
/// <param name="Value">The policy's: its logit.</param>
/// <param name="Reward">What the cost model expects of this request alone.</param>
/// <param name="DeviceWait">Until the device turns to it; this part and the next ones add up to the latency of a plan that is expected to answer as planned and to let no image leave early.</param>
/// <param name="HoldsDevice">Device time that is taken from later requests, a fallback included.</param>
/// <param name="HoldsUplink">Uplink time that is taken from later requests.</param>
public sealed record ExplainedPlan(
    string Plan, bool Allowed, double? Value, double Reward, OutcomeKind Outcome, double Latency, double DeviceWait, double Device, double UplinkWait, double Uplink,
    double RoundTrip, double Server, double Accuracy, double EnergyMj, double HoldsDevice, double HoldsUplink);

/// <summary>One decision of a policy, looked at again: all plans side by side, and what the policy and the cost model would choose.</summary>
/// <param name="Plans">By the policy's value, the highest first, and those that were forbidden last.</param>
/// <param name="Policy">The plan of the highest value.</param>
/// <param name="CostModel">The plan of the highest expected reward for this request alone.</param>
/// <param name="Why">Sentences.</param>
public sealed record Explanation(IReadOnlyList<ExplainedPlan> Plans, string Policy, string CostModel, IReadOnlyList<string> Why)
{
    /// <param name="seen">What was known.</param>
    /// <param name="mask">Plans that the device could run.</param>
    public static Explanation Of(DeployedPolicy policy, Observation seen, ReadOnlySpan<bool> mask)
    {
        var model = policy.Model;
        var chosen = policy.Decide(seen, mask);
        var plans = new ExplainedPlan[model.Count];
        for (var p = 0; p < plans.Length; p++)
            plans[p] = Explain(model, p, seen, policy.Allowed[p], policy.Allowed[p] ? policy.Values[p] : null);
        var greedy = GreedyFallback.Decide(model, seen, mask);
        return new Explanation([.. plans.OrderByDescending(p => p.Allowed).ThenByDescending(p => p.Value ?? p.Reward)], plans[chosen].Plan, plans[greedy].Plan,
            Reasons(plans[chosen], plans[greedy], Second(plans, chosen), seen));
    }

    /// <summary>The parts of <see cref="Environment.Plans.CostModel.Predict(int, Observation)"/>, which is the sum.</summary>
    private static ExplainedPlan Explain(CostModel model, int plan, Observation o, bool allowed, double? value)
    {
        const double Ms = 1000;
        ref readonly var cost = ref model.Table[plan];
        var expected = model.Predict(plan, o);
        var kind = model.Table.Plans[plan].Kind;
        var device = kind == PlanKind.Drop ? 0 : cost.DeviceSeconds * o.Slowdown;
        var wait = device > 0 ? o.DeviceBacklog : 0;
        var sends = kind is PlanKind.Split or PlanKind.Remote;
        var queued = sends ? (o.UplinkBacklogBytes + (device > 0 ? o.PendingBytes : 0)) * 8 / o.Rate : 0;
        return new ExplainedPlan(
            model.Table.Plans[plan].ToString(), allowed, value, expected.Reward, expected.Kind, expected.Latency * Ms, wait * Ms, device * Ms,
            Math.Max(0, queued - wait - device) * Ms, sends ? cost.Bytes * 8 / o.Rate * Ms : 0, sends ? o.Rtt * Ms : 0, sends ? cost.ServerSeconds * o.ServerLoad * Ms : 0,
            expected.Accuracy, expected.Energy * 1000, expected.DeviceSeconds * Ms, expected.UplinkSeconds * Ms);
    }

    private static ExplainedPlan? Second(ExplainedPlan[] plans, int chosen) => plans.Where((p, i) => p.Allowed && i != chosen).MaxBy(p => p.Value);

    private static List<string> Reasons(ExplainedPlan chosen, ExplainedPlan greedy, ExplainedPlan? second, Observation o)
    {
        var why = new List<string>();
        void Say(FormattableString sentence) => why.Add(sentence.ToString(CultureInfo.InvariantCulture));
        if (second is not null)
            Say($"The policy values {chosen.Plan} at {chosen.Value:F4}, {chosen.Value - second.Value:F4} above the next, {second.Plan}.");
        if (chosen.Plan == greedy.Plan)
            Say($"The cost model would choose the same: it expects a reward of {chosen.Reward:F4} of this request, more than of any other plan.");
        else
        {
            Say($"For this request alone the cost model expects most of {greedy.Plan}: {greedy.Reward:F4}, {greedy.Reward - chosen.Reward:F4} more than of {chosen.Plan}.");
            if (!greedy.Allowed)
                Say($"A shield forbids {greedy.Plan}: on a slower link it would miss the deadline.");
            else
                Say($"The policy values that plan at {greedy.Value:F4}, {chosen.Value - greedy.Value:F4} less than its own choice.");
            Compare("the device", chosen.HoldsDevice, greedy.HoldsDevice);
            Compare("the uplink", chosen.HoldsUplink, greedy.HoldsUplink);
            if (Math.Abs(chosen.EnergyMj - greedy.EnergyMj) > 0.01 * Math.Max(chosen.EnergyMj, greedy.EnergyMj))
                Say($"It takes {Math.Abs(chosen.EnergyMj - greedy.EnergyMj):F2} mJ {(chosen.EnergyMj < greedy.EnergyMj ? "less" : "more")}.");
            if (chosen.Plan.EndsWith("+probe", StringComparison.Ordinal))
                Say($"It probes: the rate that is believed is {o.RateAge:F1} s old.");
        }
        if (chosen.Outcome != OutcomeKind.Answered)
            Say($"Of the choice itself the cost model expects that it ends as {DecisionJson.Name(chosen.Outcome)}.");
        else
            Say($"Its answer is expected {o.Deadline * 1000 - chosen.Latency:F0} ms before the deadline of {o.Deadline * 1000:F0} ms, at a rate of {o.Rate / 1e6:F3} Mbit/s learned {o.RateAge:F1} s ago.");
        return why;

        void Compare(string station, double mine, double other)
        {
            if (Math.Abs(mine - other) >= 0.5)
                Say($"Its choice holds {station} for {Math.Abs(mine - other):F0} ms {(mine < other ? "less" : "longer")}, time that later requests {(mine < other ? "have" : "lack")}.");
        }
    }
}
