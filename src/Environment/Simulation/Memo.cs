namespace RlOffload.Environment.Simulation;

/// <summary>e^x, with the last one kept: all successors of a state ask for the same few.</summary>
internal struct Exponential
{
    private double _x, _power;

    public double Of(double x)
    {
        if (x != _x || _power == 0)
            (_x, _power) = (x, Math.Exp(x));
        return _power;
    }
}

/// <summary>ln x, with the last one kept.</summary>
internal struct Logarithm
{
    private double _x, _logarithm;

    /// <param name="x">Above 0.</param>
    public double Of(double x)
    {
        if (x != _x)
            (_x, _logarithm) = (x, Math.Log(x));
        return _logarithm;
    }
}
