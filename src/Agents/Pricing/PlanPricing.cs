using RlOffload.Agents.Learning;
using RlOffload.Agents.Planners;
using RlOffload.Agents.Replay;
using RlOffload.Environment;

namespace RlOffload.Agents.Pricing;

/// <summary>
/// Values plans by their features: value(s, a) = (start + net(s) + leaning(s)) . phi(s, a). The network sees the device's own state and prices what the cost
/// model expects of a plan; it begins as the planner 'priced', whose prices are the same in every state. It knows no plan by its index.
/// Scratch memory serves one thread.
/// </summary>
public sealed class PlanPricing
{
    private const int Format = 1, LeaningFormat = 2;

    private readonly int[] _hidden;
    private readonly float[] _state, _prices, _leaning;

    /// <param name="view">With <see cref="PlanDetail.Features"/>.</param>
    /// <param name="hidden">Widths of the hidden layers; none for prices that are linear in the state.</param>
    /// <param name="clip">Normalised states are clipped to +- this.</param>
    /// <param name="leans">Whether prices that are linear in the state stand beside those of the network, zero until somebody sets them.</param>
    public PlanPricing(AgentView view, IReadOnlyList<int> hidden, double clip, bool leans = false)
    {
        (State, Actions, _hidden) = (view.Layout.Own, view.Actions, [.. hidden]);
        Network = new Mlp(State, _hidden, PlanFeatures.Count);
        Leaning = leans ? new Mlp(State, [], PlanFeatures.Count) : null;
        Normaliser = new RunningNormaliser(State, clip);
        (_state, _prices, _leaning) = (new float[State], new float[PlanFeatures.Count], new float[PlanFeatures.Count]);
        Start.Row(0)[PlanFeatures.Reward] = 1;
    }

    /// <summary>Numbers of the device's own state, which come first in an observation.</summary>
    public int State { get; }

    public int Actions { get; }
    public Mlp Network { get; }
    public RunningNormaliser Normaliser { get; }

    /// <summary>Prices beside the network's that are linear in the normalised state; null where there are none.</summary>
    public Mlp? Leaning { get; }

    /// <summary>What of the prices is linear in the state: the leaning or, where there is none, a network without hidden layers.</summary>
    public Mlp Linear => Leaning ?? (_hidden.Length == 0 ? Network : throw new InvalidOperationException("these prices have no linear part"));

    /// <summary>[1, K]: what a unit of each feature is worth before anything is learned.</summary>
    public Matrix Start { get; } = Matrix.Zeros(1, PlanFeatures.Count);

    /// <summary>Begins as the planner that pays these prices.</summary>
    /// <param name="median">Median deadline, s: the features' unit of time.</param>
    public void Begin(StationPrices prices, double median, ref Rng rng)
    {
        Network.Initialise(ref rng, outputScale: 0);
        Start.Row(0)[PlanFeatures.Device] = (float)(-prices.Device * median);
        Start.Row(0)[PlanFeatures.Uplink] = (float)(-prices.Uplink * median);
    }

    /// <summary>The value of each plan that the mask allows; of the others <see cref="ActionMask.Forbidden"/>. Allocates nothing.</summary>
    public void Values(ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, Span<float> values)
    {
        Normaliser.Normalise(observation[..State], _state);
        Network.Forward(_state, _prices);
        Leaning?.Forward(_state, _leaning);
        var start = Start.Row(0);
        for (var k = 0; k < _prices.Length; k++)
            _prices[k] += start[k] + _leaning[k];
        for (var a = 0; a < mask.Length; a++)
            values[a] = mask[a] ? Dot(_prices, observation.Slice(State + a * PlanFeatures.Count, PlanFeatures.Count)) : ActionMask.Forbidden;
    }

    /// <summary>sum of prices * features, in order, so that every machine gives the same bits.</summary>
    internal static float Dot(ReadOnlySpan<float> prices, ReadOnlySpan<float> features)
    {
        var sum = 0f;
        for (var k = 0; k < prices.Length; k++)
            sum += prices[k] * features[k];
        return sum;
    }

    /// <summary>Takes over what the other one has learned.</summary>
    public void CopyFrom(PlanPricing other)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        other.Save(writer);
        memory.Position = 0;
        using var reader = new BinaryReader(memory);
        Load(reader, "copy");
    }

    public void Save(BinaryWriter writer)
    {
        foreach (var header in (ReadOnlySpan<int>)[Leaning is null ? Format : LeaningFormat, State, PlanFeatures.Count, _hidden.Length, .. _hidden])
            writer.Write(header);
        writer.WriteFloats(Start.Row(0));
        Normaliser.Save(writer);
        Network.Parameters.Save(writer);
        Leaning?.Parameters.Save(writer);
    }

    /// <exception cref="InputException">What is read is of another shape; names <paramref name="file"/>.</exception>
    public void Load(BinaryReader reader, string file) => reader.Guard(file, "agent", () =>
    {
        reader.Expect(file, "agent.format", Leaning is null ? Format : LeaningFormat);
        reader.Expect(file, "agent.state", State);
        reader.Expect(file, "agent.features", PlanFeatures.Count);
        reader.Expect(file, "agent.hidden.length", _hidden.Length);
        foreach (var width in _hidden)
            reader.Expect(file, "agent.hidden", width);
        reader.ReadFloats(Start.Row(0));
        Normaliser.Load(reader);
        Network.Parameters.Load(reader);
        Leaning?.Parameters.Load(reader);
    });
}
