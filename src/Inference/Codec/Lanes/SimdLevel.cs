using RlOffload.Environment;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>How wide the codec's vectors are. Every level gives the same bytes and the same numbers.</summary>
public enum SimdLevel : byte
{
    Scalar,

    /// <summary>128 bits: SSE or NEON.</summary>
    Vector128,

    /// <summary>256 bits: AVX2.</summary>
    Avx2,

    /// <summary>512 bits: AVX-512 with VBMI's permutation of bytes.</summary>
    Avx512,
}

/// <summary>The level that this process uses: the machine's best one, or the one that <see cref="Variable"/> names.</summary>
public static class Simd
{
    public const string Variable = "RLOFFLOAD_SIMD";

    /// <summary>What the machine, and the runtime's own switches such as DOTNET_EnableAVX2, allow.</summary>
    public static SimdLevel Best => Lanes512.IsSupported ? SimdLevel.Avx512
        : Lanes256.IsSupported ? SimdLevel.Avx2 : Lanes128.IsSupported ? SimdLevel.Vector128 : SimdLevel.Scalar;

    public static readonly SimdLevel Level = Choose(System.Environment.GetEnvironmentVariable(Variable), Best);

    /// <summary>For who wants to know at once: <see cref="Level"/> is read when the first tensor is packed.</summary>
    /// <exception cref="InputException"><see cref="Variable"/> names no such level, or one that this machine does not have.</exception>
    public static void Check() => Choose(System.Environment.GetEnvironmentVariable(Variable), Best);

    /// <summary>As <see cref="Variable"/> spells it.</summary>
    public static string Name(SimdLevel level) => level switch
    {
        SimdLevel.Scalar => "scalar",
        SimdLevel.Vector128 => "vector128",
        SimdLevel.Avx2 => "avx2",
        _ => "avx512",
    };

    /// <exception cref="InputException">No such level, or one that this machine does not have.</exception>
    internal static SimdLevel Choose(string? asked, SimdLevel best)
    {
        if (string.IsNullOrEmpty(asked))
            return best;
        var allowed = Enum.GetValues<SimdLevel>().Where(l => l <= best).ToDictionary(Name);
        return allowed.TryGetValue(asked, out var level) ? level
            : throw new InputException("environment", Variable, $"is '{asked}', allowed on this machine is {string.Join(", ", allowed.Keys)}");
    }
}
