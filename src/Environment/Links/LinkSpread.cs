namespace RlOffload.Environment.Links;

/// <summary>How far the links of windows are drawn from those recorded: half the widths, in logarithms, of what each window is changed by; 0 leaves it as it is.</summary>
/// <param name="Rate">Of the factor on all rates: 0.7 draws 0.5 to 2.</param>
/// <param name="Contrast">Of the power by which rates differ from the usual one: 0.7 draws between the square root of their ratio to it and its square.</param>
/// <param name="Tempo">Of the factor on how long everything lasts.</param>
public readonly record struct LinkSpread(double Rate, double Contrast = 0, double Tempo = 0)
{
    public bool IsNothing => this is { Rate: 0, Contrast: 0, Tempo: 0 };
}
