using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Policies;

/// <summary>What is wrong with a frozen policy by itself, and with using it on a given profile and model.</summary>
public static class FrozenPolicyCheck
{
    /// <summary>Every contradiction, as "key: what is wrong, what is allowed".</summary>
    public static IEnumerable<string> Problems(FrozenPolicy p)
    {
        if (p.Format != FrozenPolicy.CurrentFormat)
            yield return $"format: is {p.Format}, allowed is {FrozenPolicy.CurrentFormat}";
        // Lists of records may hold nulls whatever the type of their items says.
        if (p.Plans.Any(x => x is null) || p.Golden.Any(g => g is null) || p.Observation.Any(f => f.Name is null || f.Unit is null)
            || p.Scenario.Device.Clocks?.Any(c => c is null) == true)
        {
            yield return "$: a list holds a null, or an entry without name or unit; allowed are objects with all their keys";
            yield break;
        }
        if (p.Plans.Count == 0)
        {
            yield return "plans: is empty, at least one plan is needed";
            yield break;
        }
        for (var i = 0; i < p.Plans.Count; i++)
            if (p.Plans[i].Gate is { } gate && !gate.Thresholds.Any(t => t >= 0))
            {
                yield return $"plans[{i}].gate.thresholds: tries no exit, allowed is one threshold of 0 or more at least";
                yield break;
            }
        var table = p.Table();
        for (var i = 0; i < p.Plans.Count; i++)
            if (table[i].ToString() != p.Plans[i].Plan)
                yield return $"plans[{i}].plan: is '{p.Plans[i].Plan}', but kind, exit, cut and bits say '{table[i]}'";
        if (table.Plans.Distinct().Count() != table.Count)
            yield return "plans: lists a plan twice, allowed is once";
        if (table.Hash != p.PlansSha256)
            yield return $"plans_sha256: is {p.PlansSha256}, but the plans listed have {table.Hash}; the plan table was changed after training";
        if (p.Observation.Count == 0)
            yield return "observation: is empty, at least one entry is needed";
        if (p.Shield is { Rule: not DeadlineShield.Rule })
            yield return $"shield.rule: is '{p.Shield.Rule}', allowed is {DeadlineShield.Rule}";
        if (p.Shield is { Deviates: not (>= 0 and <= 10) })
            yield return $"shield.deviates: is {p.Shield.Deviates}, allowed is 0 to 10";
        if (p.ProbeAfterSeconds is not (null or (>= 0 and <= Observation.MaxAge)))
            yield return $"probe_after_seconds: is {p.ProbeAfterSeconds}, allowed is 0 to {Observation.MaxAge}";
        if (p.Form != PolicyForm.Onnx && p.Prior is not null)
            yield return $"prior: is given, but a {p.Form} takes none";
        if (p.Golden.Count < FrozenPolicyFile.LeastGolden)
            yield return $"golden: has {p.Golden.Count} vectors, allowed is {FrozenPolicyFile.LeastGolden} or more";
        for (var i = 0; i < p.Golden.Count; i++)
            foreach (var problem in Problems(p, p.Golden[i]))
                yield return $"golden[{i}].{problem}";
    }

    /// <summary>Why the policy must not be used with this profile: another network, other cuts, or plans that it lacks.</summary>
    public static IEnumerable<string> Refusals(FrozenPolicy policy, ModelProfile profile)
    {
        if (!profile.Model.Sha256.Equals(policy.Model.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            yield return $"model.sha256: is {policy.Model.Sha256}, but the profile is of {profile.Model.Path} with {profile.Model.Sha256}; allowed is the model that the policy was trained for";
            yield break;
        }
        if (ProfileHashes.Of(profile).Structure != policy.Profile.Sha256.Structure)
            yield return "profile.sha256.structure: the given profile has other cuts, exits or partitions than the one the policy was trained on; profile the model with the same options, or train again";
        var known = PlanTable.Of(profile, policy.Plans.Where(p => p.Kind == PlanKind.Split).Select(p => p.Bits).Distinct().ToList(), probe: true,
            policy.Table().Plans.Select(p => p.Gate).OfType<Gate>().Distinct().ToList(), policy.Scenario.Device.Clocks).Plans.ToHashSet();
        var missing = policy.Table().Plans.Where(p => !known.Contains(p)).ToList();
        if (missing.Count > 0)
        {
            yield return $"plans: {string.Join(", ", missing)} cannot run with the given profile";
            yield break;
        }
        var fields = new ObservationLayout(policy.CostModel(profile), detail: ObservationLayout.DetailOf(policy.Observation)).Fields;
        if (!fields.SequenceEqual(policy.Observation))
            yield return $"observation: differs from the layout of this version at '{policy.Observation.Except(fields).FirstOrDefault(fields.Except(policy.Observation).FirstOrDefault()).Name}'; export the policy again";
    }

    /// <summary>What the user should know though the policy may be used.</summary>
    public static IEnumerable<string> Warnings(FrozenPolicy policy, ModelProfile profile)
    {
        var (now, trained) = (ProfileHashes.Of(profile), policy.Profile.Sha256);
        if (now.Times != trained.Times)
            yield return "profile.sha256.times: the given profile was timed differently than the one the policy was trained on; it decides by the given times, which it has not met";
        if (now.Accuracy != trained.Accuracy)
            yield return "profile.sha256.accuracy: the given profile states other accuracies than the one the policy was trained on; expected rewards differ";
    }

    private static IEnumerable<string> Problems(FrozenPolicy p, GoldenVector g)
    {
        if (g.Observation.Count != p.Observation.Count)
            yield return $"observation: has {g.Observation.Count} numbers, allowed is {p.Observation.Count}";
        if (g.Logits.Count != p.Plans.Count)
            yield return $"logits: has {g.Logits.Count} numbers, allowed is one a plan ({p.Plans.Count})";
        if (g.Mask.Length != p.Plans.Count || g.Mask.Any(c => c is not ('0' or '1')))
            yield return $"mask: is '{g.Mask}', allowed is '0' or '1' for each of {p.Plans.Count} plans";
        else if (g.Plan < 0 || g.Plan >= p.Plans.Count || g.Mask[g.Plan] != '1')
            yield return $"plan: is {g.Plan}, allowed is a plan that the mask allows";
        if ((g.Prior is null) != (p.Prior is null) || (g.Prior is not null && g.Prior.Count != p.Plans.Count))
            yield return p.Prior is null ? "prior: is given, but the policy has none" : $"prior: {p.Plans.Count} numbers are needed";
        if (!g.Observation.Concat(g.Logits).Concat(g.Prior ?? []).All(float.IsFinite))
            yield return "numbers: hold a NaN or an infinity, allowed are finite numbers";
    }
}
