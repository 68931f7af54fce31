namespace RlOffload.Inference.Wire;

/// <summary>
/// How long a message took to come in, as a byte: 0 where that is not told, else 1 to 255 for 0.1 ms to 60 s, each 5.4 % longer than the one before. A rate that is
/// known to 2.7 % is known well.
/// </summary>
public static class ReceivedTime
{
    /// <summary>s of the codes 1 and 255; what is beyond is told as these.</summary>
    public const double Shortest = 1e-4, Longest = 60;

    private static readonly double LogStep = Math.Log(Longest / Shortest) / 254;

    /// <param name="seconds">0: not known.</param>
    public static byte Code(double seconds) =>
        !(seconds > 0) ? (byte)0 : (byte)(1 + Math.Round(Math.Log(Math.Clamp(seconds, Shortest, Longest) / Shortest) / LogStep));

    /// <returns>s; 0 where it is not told.</returns>
    public static double Seconds(byte code) => code == 0 ? 0 : Shortest * Math.Exp(LogStep * (code - 1));
}
