using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RlOffload.Inference.Codec.Lanes;

/// <summary>
/// The same program compiled for wider vectors. What is compiled ahead of time is compiled for one set of instructions: a program that runs on every x64 processor has nothing of the wider
/// ones, whatever the processor has. Where a program that was made for them lies beside it, it takes its place as soon as it starts.
/// </summary>
public static unsafe partial class WideProgram
{
    private static readonly string[] Avx2Flags = ["avx2", "bmi1", "bmi2", "abm", "movbe", "fma"];

    /// <summary>Widest first: the compilers' names of the instructions that a program may use, which .NET 10 named anew, and the kernel's.</summary>
    private static readonly (SimdLevel Level, string Net9, string Net10, string[] Flags)[] All =
    [
        (SimdLevel.Avx512, "x86-x64-v4,avx512vbmi,avx512vbmi_vl", "x86-64-v4,avx512v2", [.. Avx2Flags, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512vbmi", "avx512ifma"]),
        (SimdLevel.Avx2, "x86-x64-v3", "x86-64-v3", Avx2Flags),
    ];

    /// <summary>Levels that there can be a program for.</summary>
    public static IEnumerable<SimdLevel> Levels => All.Select(w => w.Level);

    /// <summary>What the compiler of a framework, such as net10.0, is told for a level (IlcInstructionSet).</summary>
    public static string Instructions(SimdLevel level, string framework) => All.First(w => w.Level == level) is var wide && framework == "net9.0" ? wide.Net9 : wide.Net10;

    /// <summary>Where the program for a level lies.</summary>
    public static string Beside(string program, SimdLevel level) => $"{program}-{Simd.Name(level)}";

    /// <summary>
    /// Does not return where there is a wider program that this machine can run, unless <see cref="Simd.Variable"/> asks for narrower vectors. The process stays the same one (execve(2)); where
    /// that fails, this program goes on.
    /// </summary>
    public static void Start(string[] arguments)
    {
        const string processor = "/proc/cpuinfo";
        if (RuntimeFeature.IsDynamicCodeSupported || !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || System.Environment.ProcessPath is not { } program || !File.Exists(processor))
            return;
        var own = Lanes512.IsSupported ? SimdLevel.Avx512 : Lanes256.IsSupported ? SimdLevel.Avx2 : SimdLevel.Vector128;
        if (Choose(program, own, System.Environment.GetEnvironmentVariable(Simd.Variable), () => File.ReadLines(processor)) is not { } wider)
            return;
        // Never freed: the memory ends with this program.
        var texts = stackalloc byte*[arguments.Length + 2];
        texts[0] = (byte*)Marshal.StringToCoTaskMemUTF8(program);
        for (var i = 0; i < arguments.Length; i++)
            texts[i + 1] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
        texts[arguments.Length + 1] = null;
        Execute(wider, texts);
    }

    /// <param name="own">For which this program was compiled.</param>
    /// <param name="asked">What <see cref="Simd.Variable"/> says; null or empty: nothing.</param>
    /// <param name="processor">Lines of /proc/cpuinfo (proc(5)), whose flags are those that kernel and processor both have.</param>
    /// <returns>Null where there is none.</returns>
    internal static string? Choose(string program, SimdLevel own, string? asked, Func<IEnumerable<string>> processor)
    {
        HashSet<string>? has = null;
        foreach (var (level, _, _, flags) in All)
        {
            if (level <= own || (!string.IsNullOrEmpty(asked) && !All.Any(w => w.Level >= level && Simd.Name(w.Level) == asked)) || !File.Exists(Beside(program, level)))
                continue;
            has ??= [.. processor().FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal))?.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? []];
            if (flags.All(has.Contains))
                return Beside(program, level);
        }
        return null;
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, byte** arguments);
}
