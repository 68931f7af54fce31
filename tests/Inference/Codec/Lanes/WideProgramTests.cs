using RlOffload.Inference.Codec.Lanes;

namespace RlOffload.Tests.Inference.Codec.Lanes;

public sealed class WideProgramTests : IDisposable
{
    private const string Avx2 = "avx2 bmi1 bmi2 abm movbe fma", Avx512 = Avx2 + " avx512f avx512bw avx512cd avx512dq avx512vl avx512vbmi avx512ifma";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Avx512, null, "program-avx512")]
    [InlineData(Avx512, "", "program-avx512")]
    [InlineData(Avx512, "avx512", "program-avx512")]
    [InlineData(Avx512, "avx2", "program-avx2")]
    [InlineData(Avx512, "vector128", null)]
    [InlineData(Avx512, "scalar", null)]
    [InlineData(Avx512, "nonsense", null)]
    [InlineData(Avx2, null, "program-avx2")]
    [InlineData(Avx2, "avx512", "program-avx2")]
    [InlineData(Avx2 + " avx512f avx512vbmi_2", null, "program-avx2")]
    [InlineData("avx2 bmi1 bmi2 abm movbe", null, null)]
    [InlineData("sse2 avx", null, null)]
    [InlineData("", null, null)]
    public void TheWidestThatTheProcessorHasAndTheVariableAllowsTakesOver(string flags, string? asked, string? expected)
    {
        var program = Make("program", "program-avx2", "program-avx512");
        Assert.Equal(expected, Path.GetFileName(WideProgram.Choose(program, SimdLevel.Vector128, asked, () => Processor(flags))));
    }

    [Fact]
    public void AProgramNeverStartsItselfOrANarrowerOneOrWhatIsNotThere()
    {
        var program = Make("program", "program-avx2");
        Assert.Null(WideProgram.Choose(program, SimdLevel.Avx2, null, () => Processor(Avx512)));
        Assert.EndsWith("-avx2", WideProgram.Choose(program, SimdLevel.Vector128, null, () => Processor(Avx512)));
        Make("program-avx512");
        Assert.EndsWith("-avx512", WideProgram.Choose(program, SimdLevel.Avx2, null, () => Processor(Avx512)));
        Assert.Null(WideProgram.Choose(program, SimdLevel.Avx512, null, () => throw new InvalidOperationException("there is nothing to ask for")));
        Assert.Null(WideProgram.Choose(_folder.At("alone"), SimdLevel.Vector128, null, () => throw new InvalidOperationException("there is nothing to ask for")));
        Assert.Null(WideProgram.Choose(program, SimdLevel.Vector128, null, () => []));
    }

    /// <summary>A compiler that does not know a name makes no program at all.</summary>
    [Theory]
    [InlineData("net9.0", "x86-x64-v4,avx512vbmi,avx512vbmi_vl", "x86-x64-v3")]
    [InlineData("net10.0", "x86-64-v4,avx512v2", "x86-64-v3")]
    public void EachFrameworksCompilerIsToldTheLevelsByTheNamesThatItKnows(string framework, params string[] names) =>
        Assert.Equal(names, WideProgram.Levels.Select(l => WideProgram.Instructions(l, framework)));

    private string Make(params string[] files)
    {
        foreach (var file in files)
            File.WriteAllText(_folder.At(file), "");
        return _folder.At(files[0]);
    }

    private static IEnumerable<string> Processor(string flags) => ["processor\t: 0", "vendor_id\t: Some", $"flags\t\t: fpu vme {flags} last", "", "processor\t: 1"];
}
