using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

public enum NeurosurgeonGoal { Latency, Energy }

/// <summary>
/// Neurosurgeon (Kang et al., ASPLOS 2017): predicts the time of the parts before and after each split by regression and takes the split of least latency,
/// sum TM + D/B + K sum TC, or of least energy on the device, sum TM PM + (D/B) PU. All splits of the deepest exit take part, the input and all-local included.
/// Queues, deadlines and exits are unknown to it.
/// </summary>
public sealed class NeurosurgeonPlanner : IPolicy, IPlannerNote
{
    private readonly CostModel _model;
    private readonly NeurosurgeonGoal _goal;
    private readonly Retreat _retreat;
    private readonly (int Plan, double Mobile, double Cloud)[] _splits;

    /// <param name="bits">Width of the numbers sent; the published system sends 32.</param>
    public NeurosurgeonPlanner(CostModel model, NeurosurgeonGoal goal = NeurosurgeonGoal.Latency, int bits = 32, string name = "neurosurgeon")
    {
        (Name, _model, _goal) = (name, model, goal);
        _retreat = new Retreat(model.Table);
        var predictor = new NeurosurgeonPredictor(model.Table.Profile);
        (PredictionError, LayerErrors) = (predictor.MeanError, predictor.LayerErrors);
        _splits = [.. new SplitChain(model.Table, bits).All.Select(p =>
        {
            var (head, tail) = predictor.Seconds(model.Table.Plans[p].Cut);
            return (p, head * model.Scenario.Device.TimeFactor, tail * model.Scenario.Server.TimeFactor);
        })];
    }

    public string Name { get; }

    /// <summary>Mean absolute error of its predicted times over all splits, as a share of the whole network's time.</summary>
    public double PredictionError { get; }

    public string Note => FormattableString.Invariant($"its regression is off by {PredictionError:0.0 %} of the whole network's time on average over all splits");

    /// <summary>By operator, how far the regression is from the measured time of each layer: mean absolute error relative to that time. Empty where the profile has no layers.</summary>
    public IReadOnlyDictionary<string, double> LayerErrors { get; }

    public void Begin(int window) { }

    public int Decide(Observation observation, ReadOnlySpan<bool> mask)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        foreach (var (plan, mobile, cloud) in _splits)
        {
            if (!mask[plan])
                continue;
            var bytes = _model.Table[plan].Bytes;                   // D
            var device = mobile * observation.Slowdown;             // sum TM
            var sending = bytes * 8 / observation.Rate;             // D / B
            // The round trip is part of the upload times that the paper measures.
            var away = bytes > 0 ? observation.Rtt + observation.ServerLoad * cloud : 0;    // K sum TC
            var cost = _goal == NeurosurgeonGoal.Latency
                ? device + (bytes > 0 ? sending : 0) + away
                : _model.DeviceEnergy(device) + (bytes > 0 ? _model.SendEnergy(sending, bytes) : 0);
            if (cost < least)
                (best, least) = (plan, cost);
        }
        return _retreat.Unless(best, mask);
    }
}
