using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Policies;

/// <summary>
/// A frozen policy that decides, through ONNX Runtime, by the built-in executor or by a tree or table, among the plans of its own table. A decision allocates nothing and never throws: where the
/// runtime fails or a logit is not finite, the cost model's best plan for this request alone is taken instead and counted.
/// </summary>
public sealed class DeployedPolicy : IPolicy, IDisposable
{
    private readonly IPolicyFunction _session;
    private readonly ObservationLayout _layout;
    private readonly DeadlineShield? _shield;
    private readonly ProbeRule? _probing;
    private readonly Predictions[] _predictions;
    private readonly bool[] _allowed;

    /// <param name="model"><see cref="FrozenPolicy.CostModel"/> of the profile in use.</param>
    public DeployedPolicy(FrozenPolicy policy, IPolicyFunction session, CostModel model)
    {
        (Policy, _session, Model) = (policy, session, model);
        _layout = new ObservationLayout(model, detail: ObservationLayout.DetailOf(policy.Observation));
        _shield = policy.Shield is { } shield ? new DeadlineShield(model, deviates: shield.Deviates) : null;
        _probing = policy.ProbeAfterSeconds is { } after ? new ProbeRule(model.Table.Plans.Plans, after) : null;
        _predictions = policy.Prior is null ? [] : [.. Predictions.Of(model, [.. Enumerable.Range(0, model.Count)])];
        _allowed = new bool[model.Count];
    }

    public FrozenPolicy Policy { get; }
    public CostModel Model { get; }
    public string Name => Policy.Name;

    /// <summary>Decisions that ONNX Runtime could not make.</summary>
    public long Fallbacks { get; private set; }

    /// <summary>Of each plan, its logits at the last decision.</summary>
    public ReadOnlySpan<float> Values => _session.Logits;

    /// <summary>Plans that the last decision could choose from, after shield and probing rule where there are any.</summary>
    public ReadOnlySpan<bool> Allowed => _allowed;

    /// <summary>Opens a policy folder for a profile.</summary>
    /// <param name="warnings">Told of differences that do not forbid its use.</param>
    /// <exception cref="InputException">The folder is malformed, or the policy was trained for another model, other cuts or other plans.</exception>
    public static DeployedPolicy Open(string folder, ModelProfile profile, Action<string>? warnings = null) => Open(folder, FrozenPolicyFile.Read(folder), profile, warnings);

    /// <param name="policy">The folder's, as it was read.</param>
    /// <inheritdoc cref="Open(string, ModelProfile, Action{string}?)"/>
    public static DeployedPolicy Open(string folder, FrozenPolicy policy, ModelProfile profile, Action<string>? warnings = null, PolicyEngine engine = PolicyEngine.Auto)
    {
        var path = Path.Combine(folder, FrozenPolicyFile.Description);
        var refusals = FrozenPolicyCheck.Refusals(policy, profile).Select(r => $"{path}:{r}").ToList();
        if (refusals.Count > 0)
            throw new InputException(refusals);
        foreach (var warning in FrozenPolicyCheck.Warnings(policy, profile))
            warnings?.Invoke($"{path}:{warning}");
        return new DeployedPolicy(policy, PolicyFunction.Open(FrozenPolicyFile.ReadGraph(folder, policy), Path.Combine(folder, FrozenPolicyFile.NameOf(policy.Form)), policy, engine), policy.CostModel(profile));
    }

    /// <summary>What runs it.</summary>
    public string Engine => _session switch { BuiltInPolicy => "builtin", PolicySession => "ort", _ => FrozenPolicyFile.NameOf(Policy.Form) };

    public void Begin(int window) { }

    /// <summary>Asks it what it was asked when it was exported.</summary>
    public ReplayReport Replay() => GoldenReplay.Run(_session, Policy.Golden);

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        try
        {
            Fill(observation, mask);
            _session.Run();
            if (_session.Best() is >= 0 and var plan)
                return plan;
        }
        catch (OnnxRuntimeException)
        {
            // Counted below; the decision path has nobody to throw to.
        }
        Fallbacks++;
        return GreedyFallback.Decide(Model, observation, mask);
    }

    public void Dispose() => _session.Dispose();

    private void Fill(Observation observation, ReadOnlySpan<bool> mask)
    {
        _layout.Write(observation, _session.Observation);
        mask.CopyTo(_allowed);
        _shield?.Apply(observation, _allowed);
        _probing?.Apply(observation, _allowed);
        for (var p = 0; p < mask.Length; p++)
            _session.Mask[p] = _allowed[p] ? 1 : 0;
        if (Policy.Prior is not { } prior)
            return;
        Span<Prediction> expected = stackalloc Prediction[Predictions.Most];
        var plan = 0;
        foreach (var block in _predictions)
        {
            block.Write(observation, observation.Rate, expected);
            foreach (ref readonly var e in expected[..block.Count])
                _session.Prior[plan++] = (float)(prior.Weight * (e.Reward - prior.DevicePrice * e.DeviceSeconds - prior.UplinkPrice * e.UplinkSeconds));
        }
    }
}
