using RlOffload.Environment;

namespace RlOffload.Agents;

/// <summary>Gains of <see cref="PidMultiplier"/>: reward a budget's worth, for an excess of a whole budget.</summary>
/// <param name="Kp">Of the excess now.</param>
/// <param name="Ki">Of its sum, a window.</param>
/// <param name="Kd">Of what it grew by in a window; a fall counts nothing.</param>
/// <param name="Smoothing">Share of the past in the mean cost that is compared with the budget, a window; 0 looks at the last window only.</param>
/// <param name="Margin">Share of the budget that is left free, so that other links than those of the training may cost a little more.</param>
public sealed record PidGains(double Kp = 0.01, double Ki = 0.0005, double Kd = 0, double Smoothing = 0.95, double Margin = 0.05)
{
    /// <summary>Throws <see cref="InputException"/> with every gain that is out of range, named <paramref name="file"/>:<paramref name="section"/>.gain.</summary>
    public PidGains Validated(string file, string section)
    {
        var problems = new OptionProblems(file, section);
        problems.Require(Kp is >= 0 and <= 1e3, "kp", Kp, "0 to 1000");
        problems.Require(Ki is > 0 and <= 1e3, "ki", Ki, "0 < ki <= 1000: without it a budget that binds is never quite kept");
        problems.Require(Kd is >= 0 and <= 1e3, "kd", Kd, "0 to 1000");
        problems.Require(Smoothing is >= 0 and < 1, "smoothing", Smoothing, "0 <= smoothing < 1");
        problems.Require(Margin is >= 0 and < 1, "margin", Margin, "0 <= margin < 1");
        return problems.Checked(this);
    }
}

/// <summary>
/// The multiplier of one budget by a controller on what windows cost (A. Stooke, J. Achiam, P. Abbeel, Responsive Safety in RL by PID Lagrangian Methods, ICML 2020,
/// algorithm 1): the integral alone is dual ascent, which overshoots and swings; the other two parts damp it.
/// </summary>
public sealed class PidMultiplier(PidGains gains, double most)
{
    /// <summary>Excess beyond which it counts no further, in budgets, so that a policy that has learned nothing yet does not wind the integral up.</summary>
    private const double MostExcess = 2;

    private double _mean = 1 - gains.Margin, _integral;

    /// <summary>Reward that a budget's worth is worth.</summary>
    public double Value { get; private set; }

    /// <param name="share">What a request of the window just ended cost on average, in budgets.</param>
    public void Learn(double share)
    {
        var before = _mean;
        _mean = double.Lerp(share, _mean, gains.Smoothing);                                 // J_C, smoothed
        var excess = Math.Min(_mean - (1 - gains.Margin), MostExcess);                      // Delta = J_C - d
        _integral = Math.Clamp(_integral + gains.Ki * excess, 0, most);                     // I = (I + K_I Delta)+
        var growth = Math.Max(_mean - before, 0);                                           // (J_C - J_C,prev)+
        Value = Math.Clamp(gains.Kp * excess + _integral + gains.Kd * growth, 0, most);     // lambda = (K_P Delta + I + K_D ...)+
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_mean);
        writer.Write(_integral);
        writer.Write(Value);
    }

    internal void Load(BinaryReader reader) => (_mean, _integral, Value) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
}
