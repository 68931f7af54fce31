using System.Runtime.CompilerServices;
using RlOffload.Environment.Plans;

namespace RlOffload.Environment;

/// <summary>
/// What the cost model expects of a plan for one request, as numbers that mean the same for every plan and every network: its reward, the
/// stations that it holds and what comes of it where the link is slower or faster than expected. Times are in median deadlines, so that a learner of
/// prices for them can go to another network.
/// </summary>
public static class PlanFeatures
{
    /// <summary>The rates that are looked at beside the expected one, as factors: about one standard deviation of a mobile link's log rate either way (a guess).</summary>
    private const double Slow = 0.5, Fast = 1.6;

    private static readonly ObservationField[] Names =
    [
        new("expected_reward", "reward"), new("device", "median deadlines"), new("uplink", "median deadlines"),
        new("device_squared", "square of device"), new("uplink_squared", "square of uplink"), new("device_by_uplink", "device times uplink"),
        new("probes", "0 or 1"), new("falls_back", "1 where a branch is expected to answer"), new("misses", "1 where no answer is expected"),
        new("latency", "deadlines"), new("accuracy", "0..1"), new("sends", "0 or 1"),
        new("slow_reward", "reward at half the rate"), new("fast_reward", "reward at 1.6 times the rate"),
        new("slow_device", "median deadlines at half the rate"), new("slow_uplink", "median deadlines at half the rate"),
    ];

    /// <summary>Numbers a plan.</summary>
    public static int Count => Names.Length;

    /// <summary>Where reward, device and uplink stand: what planners that price stations decide by.</summary>
    public const int Reward = 0, Device = 1, Uplink = 2;

    /// <summary>Where the feature of this name stands.</summary>
    public static int IndexOf(string name) => Array.FindIndex(Names, n => n.Name == name);

    /// <summary>The fields of a plan, named after it.</summary>
    public static IEnumerable<ObservationField> Of(OffloadPlan plan) => Names.Select(n => n with { Name = $"{n.Name}[{plan}]" });

    /// <param name="features">Length <see cref="Count"/>; is filled. Allocates nothing.</param>
    public static void Write(CostModel model, int plan, Observation o, Span<float> features) =>
        Write(model, plan, o, model.Predict(plan, o), model.Predict(plan, o, Slow * o.Rate), model.Predict(plan, o, Fast * o.Rate), features);

    /// <summary>The features of several plans, one after the other.</summary>
    /// <param name="predictions">Of these plans.</param>
    [SkipLocalsInit]
    internal static void Write(CostModel model, ReadOnlySpan<int> plans, Predictions predictions, Observation o, Span<float> features)
    {
        Span<Prediction> all = stackalloc Prediction[3 * Predictions.Most];
        var expected = all[..plans.Length];
        var slow = all.Slice(Predictions.Most, plans.Length);
        var fast = all.Slice(2 * Predictions.Most, plans.Length);
        predictions.Write(o, o.Rate, expected);
        predictions.Write(o, Slow * o.Rate, slow);
        predictions.Write(o, Fast * o.Rate, fast);
        for (var i = 0; i < plans.Length; i++)
            Write(model, plans[i], o, expected[i], slow[i], fast[i], features.Slice(i * Count, Count));
    }

    private static void Write(CostModel model, int plan, Observation o, in Prediction expected, in Prediction slow, in Prediction fast, Span<float> features)
    {
        var second = 1 / model.Scenario.Deadlines.Median;
        var (device, uplink) = ((float)(expected.DeviceSeconds * second), (float)(expected.UplinkSeconds * second));
        var work = model.Table.Work(plan);
        features[15] = (float)(slow.UplinkSeconds * second);
        features[Reward] = (float)expected.Reward;
        features[Device] = device;
        features[Uplink] = uplink;
        features[3] = device * device;
        features[4] = uplink * uplink;
        features[5] = device * uplink;
        features[6] = work.IsProbe ? 1 : 0;
        features[7] = expected.Kind == OutcomeKind.Fallback ? 1 : 0;
        features[8] = expected.Kind is OutcomeKind.Missed or OutcomeKind.Dropped ? 1 : 0;
        features[9] = (float)(expected.Latency / o.Deadline);
        features[10] = (float)expected.Accuracy;
        features[11] = work.Kind is PlanKind.Split or PlanKind.Remote ? 1 : 0;
        features[12] = (float)slow.Reward;
        features[13] = (float)fast.Reward;
        features[14] = (float)(slow.DeviceSeconds * second);
    }
}
