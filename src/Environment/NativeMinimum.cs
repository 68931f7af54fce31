#if !NET10_0_OR_GREATER
namespace RlOffload.Environment;

/// <summary>What .NET 10 has and .NET 9 has not, for devices whose program is compiled for the latter.</summary>
internal static class NativeMinimum
{
    extension(double)
    {
        /// <summary>The smaller; of zeros with different signs and of NaN either.</summary>
        public static double MinNative(double x, double y) => x < y ? x : y;

        /// <summary>The larger; likewise.</summary>
        public static double MaxNative(double x, double y) => x > y ? x : y;
    }
}
#endif
