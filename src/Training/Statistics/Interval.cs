namespace RlOffload.Training.Statistics;

/// <summary>An estimate with its 95 % interval.</summary>
public sealed record Interval(double Mean, double Low, double High);
