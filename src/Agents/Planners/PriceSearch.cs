using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Agents.Planners;

/// <summary>
/// Finds the two prices that earn most on the training windows: a grid of octaves and zero for each, then from the best few of it a pattern
/// search with steps down to an eighth of an octave. Everything is played on the same windows, so the result is the same on every machine.
/// </summary>
internal sealed class PriceSearch
{
    /// <summary>Prices are unit * 2^(step / 8); this step stands for the price zero.</summary>
    private const int Free = int.MinValue;
    private const int Octave = 8, Lowest = -6 * Octave, Highest = 2 * Octave, Starts = 3;

    private readonly PlannerSetup _setup;
    private readonly double _deviceUnit, _uplinkUnit;
    private readonly Dictionary<(int Device, int Uplink), double> _rewards = [];

    private PriceSearch(PlannerSetup setup)
    {
        _setup = setup;
        var scenario = setup.Model.Scenario;
        // One unit of price makes the plan that holds a station for longest cost about as much reward as an answer gives.
        var device = setup.Candidates.Max(p => setup.Model.Table[p].DeviceSeconds);
        var uplink = setup.Candidates.Max(p => setup.Model.Table[p].Bytes) * 8 / scenario.Uplink.PriorBitsPerSecond;
        _deviceUnit = 1 / (device > 0 ? device : scenario.Deadlines.Median);
        _uplinkUnit = 1 / (uplink > 0 ? uplink : scenario.Deadlines.Median);
    }

    public static StationPrices Best(PlannerSetup setup)
    {
        var search = new PriceSearch(setup);
        var best = search.Run();
        setup.Constants?.Tried(setup.TuningKey("priced"), search._rewards.Count);
        return search.PricesAt(best);
    }

    private (int, int) Run()
    {
        int[] axis = [Free, .. Enumerable.Range(0, (Highest - Lowest) / Octave + 1).Select(i => Lowest + i * Octave)];
        var grid = axis.SelectMany(d => axis.Select(u => (d, u))).ToArray();
        // Row by row, so that progress is seen.
        foreach (var row in grid.Chunk(axis.Length))
        {
            Play(row);
            _setup.Progress?.Report(0.8 * _rewards.Count / grid.Length);
        }
        var starts = Ranked(grid).Take(Starts).ToArray();
        for (var s = 0; s < starts.Length; s++)
        {
            Refine(starts[s]);
            _setup.Progress?.Report(0.8 + 0.2 * (s + 1) / starts.Length);
        }
        return Ranked(_rewards.Keys).First();
    }

    private void Refine((int Device, int Uplink) at)
    {
        for (var step = Octave; step >= 1; step /= 2)
            while (true)
            {
                int[] devices = [Moved(at.Device, -step), at.Device, Moved(at.Device, step)];
                int[] uplinks = [Moved(at.Uplink, -step), at.Uplink, Moved(at.Uplink, step)];
                var around = devices.SelectMany(d => uplinks.Select(u => (d, u))).Distinct().ToArray();
                Play(around);
                var best = Ranked(around).First();
                if (best == at)
                    break;
                at = best;
            }
    }

    /// <summary>Below the lowest price lies zero, above zero the lowest; far above the grid it ends.</summary>
    private static int Moved(int from, int step) =>
        from == Free ? (step > 0 ? Lowest : Free)
        : from + step < Lowest ? Free
        : Math.Min(from + step, Highest + 4 * Octave);

    /// <summary>Most reward first, of equals the lowest prices.</summary>
    private IEnumerable<(int Device, int Uplink)> Ranked(IEnumerable<(int Device, int Uplink)> points) =>
        points.OrderByDescending(p => _rewards[p]).ThenBy(p => p.Device).ThenBy(p => p.Uplink);

    private void Play((int, int)[] points)
    {
        var fresh = points.Where(p => !_rewards.ContainsKey(p)).ToArray();
        var policies = fresh.Select(p => new PricedPlanner(_setup.Model, _setup.Candidates, PricesAt(p))).ToArray();
        var rewards = Rollout.MeanRewards(_setup.Training, policies, _setup.TrainingWindows, _setup.Threads);
        for (var i = 0; i < fresh.Length; i++)
            _rewards[fresh[i]] = rewards[i];
    }

    private StationPrices PricesAt((int Device, int Uplink) at) => new(_deviceUnit * Price(at.Device), _uplinkUnit * Price(at.Uplink));

    private static double Price(int step) => step == Free ? 0 : Math.Pow(2, (double)step / Octave);
}
