using System.Globalization;

namespace RlOffload.Training.Config;

/// <summary>Numbers that an option may take; its text is what a refusal says is allowed.</summary>
/// <param name="Open">Whether <paramref name="Low"/> itself is left out.</param>
/// <param name="OpenHigh">Whether <paramref name="High"/> itself is left out.</param>
public readonly record struct Bounds(double Low, double High, bool Open = false, bool OpenHigh = false)
{
    public static Bounds Finite => new(double.NegativeInfinity, double.PositiveInfinity);
    public static Bounds NotNegative => new(0, double.PositiveInfinity);
    public static Bounds Positive => new(0, double.PositiveInfinity, Open: true);
    public static Bounds Share => new(0, 1);
    public static Bounds Between(double low, double high) => new(low, high);
    public static Bounds From(double low) => new(low, double.PositiveInfinity);
    public static Bounds Above(double low) => new(low, double.PositiveInfinity, Open: true);

    public bool Contains(double x) => double.IsFinite(x) && (Open ? x > Low : x >= Low) && (OpenHigh ? x < High : x <= High);

    public override string ToString()
    {
        var (low, high) = (Low.ToString(CultureInfo.InvariantCulture), High.ToString(CultureInfo.InvariantCulture));
        if (this == Finite)
            return "a finite number";
        if (double.IsPositiveInfinity(High))
            return Open ? $"a finite number above {low}" : $"a finite number of {low} or more";
        return !Open && !OpenHigh ? $"{low} to {high}" : $"{(Open ? $"above {low}" : $"{low} or more")} and {(OpenHigh ? $"below {high}" : $"at most {high}")}";
    }
}
