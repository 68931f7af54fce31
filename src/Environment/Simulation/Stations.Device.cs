namespace RlOffload.Environment.Simulation;

/// <summary>How fast the device is now: its heat, and how its times compare with what was expected.</summary>
public sealed partial class Stations
{
    /// <summary>Compares what the head or branch that ends now took with what it should have taken on a device of this heat.</summary>
    private void Calibrate(in Job job)
    {
        // Below the clocks' resolution, or where nobody knows which way an image took, nothing can be compared.
        if (!model.Scenario.Device.Calibrate || job.Nominal < 1e-3 || (job.Way < 0 && job.Stage == Stage.OnDevice && !model.Table.Ways(job.Plan).IsEmpty))
            return;
        var ratio = Math.Clamp((Now - job.Start) / job.Nominal, 0.1, 10);
        if (Math.Abs(ratio - _now.Calibration) < 1e-6)
            return;
        _now.Calibration = _now.Calibration == 1 ? ratio : _now.Calibration * Math.Pow(ratio / _now.Calibration, 0.2);
    }

    /// <summary>Of the device by what it computes now: 1 at the profile's clock, by its power at another.</summary>
    private double Use(in Job job) => job.Stage == Stage.OnDevice ? model.Use(job.Plan) : 1;

    private double HeatNow() => _heats is { } h
        ? Decayed(_now.Heat, _now.OnDevice >= 0 ? Use(_jobs[_now.OnDevice]) : 0, Now - _now.HeatTime, h.TimeConstant) : 0;

    /// <summary>Brings the heat up to now; the device had <paramref name="use"/> since the last change.</summary>
    private void Warm(double use)
    {
        if (_heats is not { } h)
            return;
        _now.Heat = Decayed(_now.Heat, use, Now - _now.HeatTime, h.TimeConstant);
        _now.HeatTime = Now;
    }

    private static double Decayed(double heat, double use, double seconds, double constant) => use + (heat - use) * Math.Exp(-seconds / constant);

    private double Slowdown(double heat) => _heats is { } h
        ? 1 + (h.MaxSlowdown - 1) * Math.Clamp((heat - h.From) / (h.To - h.From), 0, 1) : 1;
}
