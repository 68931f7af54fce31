using RlOffload.Environment;
using RlOffload.Training.Config;

namespace RlOffload.Tests.Training.Config;

public sealed class ConfigSectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private enum Weather { Dry, VeryWet }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadsEachKindOfValue()
    {
        _folder.Write("there.txt", "");
        var root = Read("""
            gap_s: 0.5
            steps: 2e5
            seed: 18446744073709551615
            probe: true
            name: " a name "
            weather: very_wet
            bits: [8, 2]
            loads: [1, 4.5]
            file: there.txt
            inner: {x: 1}
            """, out var file);
        Assert.Equal(0.5, root.Double("gap_s", Bounds.Positive));
        Assert.Equal(200_000, root.Long("steps", 1, 1_000_000));
        Assert.Equal(ulong.MaxValue, root.Seed("seed"));
        Assert.True(root.Bool("probe"));
        Assert.Equal("a name", root.Text("name"));
        Assert.Equal(Weather.VeryWet, root.OneOf<Weather>("weather"));
        Assert.Equal([8, 2], root.Ints("bits", [2, 4, 8]));
        Assert.Equal([1, 4.5], root.Doubles("loads", Bounds.Positive));
        Assert.Equal(_folder.At("there.txt"), root.PathTo("file"));
        Assert.Equal(1, root.Section("inner").Double("x", Bounds.Share));
        Assert.Null(root.OptionalSection("absent"));
        Assert.Null(root.OptionalDouble("absent_too", Bounds.Share));
        Assert.Equal(7, root.Int("defaulted", 1, 9, 7));
        file.Finish();
    }

    [Theory]
    [InlineData("gap_s: -1", "is -1, allowed is a finite number above 0")]
    [InlineData("gap_s: .nan", "is .nan, allowed is")]
    [InlineData("gap_s: NaN", "is NaN, allowed is")]
    [InlineData("gap_s: 1e999", "is 1e999, allowed is")]
    [InlineData("gap_s: '3'", "is the text '3', allowed is")]
    [InlineData("gap_s: 3 ms", "is 3 ms, allowed is")]
    [InlineData("gap_s: 1,5", "is 1,5, allowed is")]
    [InlineData("gap_s:", "is empty, allowed is")]
    [InlineData("gap_s: [1]", "is a list of 1, allowed is")]
    [InlineData("gap_s: {a: 1}", "is a section, allowed is")]
    [InlineData("other: 1", "is missing, allowed is a finite number above 0")]
    public void AWrongNumberIsRefusedWithItsValueAndWhatIsAllowed(string yaml, string problem)
    {
        var root = Read(yaml, out var file);
        root.Double("gap_s", Bounds.Positive);
        Assert.Contains(Problems(file), p => p.StartsWith($"{_folder.At("c.yaml")}:1: gap_s: {problem}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("n: 1.5", "is 1.5, allowed is a whole number of 1 to 9")]
    [InlineData("n: 10", "is 10, allowed is a whole number of 1 to 9")]
    [InlineData("flag: yes", "is yes, allowed is true or false")]
    [InlineData("weather: very_wte", "is 'very_wte', allowed is dry, very_wet; did you mean very_wet?")]
    [InlineData("bits: [2, 5]", "has '5', allowed is one of 2, 4, 8")]
    [InlineData("bits: [2, 2]", "is [2, 2], allowed is each once")]
    [InlineData("bits: []", "is an empty list, allowed is a list of 1 to 3")]
    [InlineData("bits: 2", "is '2', allowed is a list")]
    [InlineData("file: nowhere.txt", "is 'nowhere.txt', which is not there")]
    [InlineData("inner: 3", "is a value or a list, allowed is a section of keys")]
    public void OtherWrongValuesAreRefusedToo(string yaml, string problem)
    {
        var root = Read(yaml, out var file);
        root.Int("n", 1, 9, 1);
        root.Bool("flag", false);
        root.OneOf<Weather>("weather", Weather.Dry);
        root.Ints("bits", [2, 4, 8], [2]);
        root.OptionalPath("file");
        root.Section("inner");
        Assert.Contains(problem, Assert.Single(Problems(file)));
    }

    [Fact]
    public void AllProblemsAreToldAtOnceInTheOrderOfTheLines()
    {
        var root = Read("""
            b: x
            a: -1
            a: 2
            inner:
              c: 3
              dd: 4
            """, out var file);
        root.Section("inner").Double("c", Bounds.Share);
        root.Double("a", Bounds.Share);
        root.Double("b", Bounds.Share);
        var path = _folder.At("c.yaml");
        Assert.Equal(
        [
            $"{path}:1: b: is x, allowed is 0 to 1",
            $"{path}:2: a: is -1, allowed is 0 to 1",
            $"{path}:3: a: is given twice, allowed is once (first in line 2)",
            $"{path}:5: inner.c: is 3, allowed is 0 to 1",
            $"{path}:6: inner.dd: is no key of a config; did you mean inner.c?",
        ], Problems(file));
    }

    [Fact]
    public void AnUnknownKeySuggestsTheOneThatWasMeant()
    {
        var root = Read("""
            mean_gap_ms: 5
            memory_bytes: 7
            spread: 1
            zzzzzz: 1
            deadlines: {}
            """, out var file);
        root.Double("mean_gap_s", Bounds.Positive, 1);
        root.OptionalDouble("memory_mb", Bounds.Positive);
        root.Section("deadlines").Double("spread", Bounds.Share, 0);
        var problems = Problems(file);
        Assert.EndsWith("mean_gap_ms: is no key of a config; did you mean mean_gap_s?", problems[0]);
        Assert.EndsWith("memory_bytes: is no key of a config; did you mean memory_mb?", problems[1]);
        Assert.EndsWith("spread: is no key of a config; did you mean deadlines.spread?", problems[2]);
        Assert.EndsWith("zzzzzz: is no key of a config, allowed here is mean_gap_s, memory_mb, deadlines", problems[3]);
    }

    [Fact]
    public void WhatAMissingSectionRequiresIsNamed()
    {
        var root = Read("a: 1", out var file);
        root.Double("a", Bounds.Share);
        root.Section("inner").Double("c", Bounds.Share);
        Assert.Equal([$"{_folder.At("c.yaml")}:1: inner.c: is missing, allowed is 0 to 1"], Problems(file));
    }

    private ConfigSection Read(string yaml, out ConfigFile file)
    {
        file = ConfigFile.Read(_folder.Write("c.yaml", yaml), []);
        return file.Root;
    }

    private static IReadOnlyList<string> Problems(ConfigFile file) => Assert.Throws<InputException>(file.Finish).Problems;
}
