using RlOffload.Agents;
using RlOffload.Environment;

namespace RlOffload.Tests.Agents;

public sealed class PidMultiplierTests
{
    private const double Most = 20;

    /// <summary>Lambda of windows that cost these shares of a budget of 1, as algorithm 1 of the paper has it, worked out by hand.</summary>
    [Fact]
    public void ItFollowsThePublishedRule()
    {
        var pid = new PidMultiplier(new PidGains(Kp: 0.1, Ki: 0.01, Kd: 0.5, Smoothing: 0, Margin: 0), Most);
        double[] shares = [1.5, 1.2, 2, 0.5, 1], found = new double[shares.Length];
        for (var i = 0; i < shares.Length; i++)
        {
            pid.Learn(shares[i]);
            found[i] = pid.Value;
        }
        // Delta 0.5, 0.2, 1, -0.5, 0; I 0.005, 0.007, 0.017, 0.012, 0.012; growth 0.5, 0, 0.8, 0, 0.5
        double[] expected = [0.05 + 0.005 + 0.25, 0.02 + 0.007, 0.1 + 0.017 + 0.4, 0, 0.012 + 0.25];
        for (var i = 0; i < shares.Length; i++)
            Assert.Equal(expected[i], found[i], 1e-12);
    }

    [Fact]
    public void SmoothingWeighsThePastAndAMarginTightensTheBudget()
    {
        var pid = new PidMultiplier(new PidGains(Kp: 1, Ki: 0.5, Kd: 0, Smoothing: 0.75, Margin: 0.2), Most);
        pid.Learn(1.2); // mean 0.75 * 0.8 + 0.25 * 1.2 = 0.9, excess 0.1
        Assert.Equal(0.1 + 0.05, pid.Value, 1e-12);
        pid.Learn(0.9); // mean 0.9
        Assert.Equal(0.1 + 0.1, pid.Value, 1e-12);
    }

    [Fact]
    public void NeitherAHugeExcessNorALongSavingWindsItUp()
    {
        var pid = new PidMultiplier(new PidGains(Kp: 0, Ki: 0.01, Kd: 0, Smoothing: 0, Margin: 0), Most);
        pid.Learn(1000);
        Assert.Equal(0.02, pid.Value, 1e-12);
        for (var i = 0; i < 100; i++)
            pid.Learn(0);
        Assert.Equal(0, pid.Value);
        pid.Learn(1.5);
        Assert.Equal(0.005, pid.Value, 1e-12);
    }

    /// <summary>A world that spends 3 / (1 + 50 lambda) budgets, seen ten windows late, half of them for free.</summary>
    [Fact]
    public void ItSettlesWhereTheBudgetIsJustKept()
    {
        var pid = new PidMultiplier(new PidGains(Margin: 0), Most);
        var late = new Queue<double>(Enumerable.Repeat(0.0, 10));
        var (sum, windows) = (0.0, 0);
        for (var i = 0; i < 4_000; i++)
        {
            late.Enqueue(pid.Value);
            var share = i % 2 * 2 * 3 / (1 + 50 * late.Dequeue());
            pid.Learn(share);
            if (i >= 2_000)
                (sum, windows) = (sum + share, windows + 1);
        }
        Assert.Equal(1, sum / windows, 0.02);
        Assert.Equal(0.04, pid.Value, 0.01); // 3 / (1 + 50 * 0.04) = 1
    }

    [Fact]
    public void GainsOutOfRangeAreAllNamed()
    {
        var refused = Assert.Throws<InputException>(() => new PidGains(-1, 0, double.NaN, 1, -0.1).Validated("c.yaml", "train.pid"));
        Assert.Equal(5, refused.Problems.Count);
        Assert.Contains("c.yaml:train.pid.smoothing: is 1, allowed is 0 <= smoothing < 1", refused.Problems);
    }
}
