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

    private static readonly string[] Names = ["scalar", "vector128", "avx2", "avx512"];

    /// <summary>What the machine, and the runtime's own switches such as DOTNET_EnableAVX2, allow.</summary>
    public static readonly SimdLevel Best = Lanes512.IsSupported ? SimdLevel.Avx512
        : Lanes256.IsSupported ? SimdLevel.Avx2 : Lanes128.IsSupported ? SimdLevel.Vector128 : SimdLevel.Scalar;

    public static readonly SimdLevel Level = Choose(System.Environment.GetEnvironmentVariable(Variable), Best);

    /// <summary>As <see cref="Variable"/> spells it.</summary>
    public static string Name(SimdLevel level) => Names[(int)level];

    /// <exception cref="InputException">No such level, or one that this machine does not have.</exception>
    internal static SimdLevel Choose(string? asked, SimdLevel best)
    {
        if (string.IsNullOrEmpty(asked))
            return best;
        var level = Array.IndexOf(Names, asked);
        return level >= 0 && level <= (int)best
            ? (SimdLevel)level
            : throw new InputException("environment", Variable, $"is '{asked}', allowed on this machine is {string.Join(", ", Names[..((int)best + 1)])}");
    }
}
