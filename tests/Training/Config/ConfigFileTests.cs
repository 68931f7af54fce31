using RlOffload.Environment;
using RlOffload.Training.Config;

namespace RlOffload.Tests.Training.Config;

public sealed class ConfigFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnchorsAndAliasesAreFine()
    {
        var file = Read("a: &x {v: 1}\nb: *x\nc: &y 3\nd: *y\n");
        Assert.Equal(1, file.Root.Section("a").Double("v", Bounds.Finite));
        Assert.Equal(1, file.Root.Section("b").Double("v", Bounds.Finite));
        Assert.Equal(3, file.Root.Double("c", Bounds.Finite));
        Assert.Equal(3, file.Root.Double("d", Bounds.Finite));
        file.Finish();
    }

    [Fact]
    public void AnOverrideReplacesAValueAndMakesSectionsThatAreMissing()
    {
        var file = Read("a: &x {v: 1}\nb: *x\n", "a.v=2", "n.m.list=[1, 2]", "b.w='text=with = signs'");
        Assert.Equal(2, file.Root.Section("a").Double("v", Bounds.Finite));
        var b = file.Root.Section("b");
        Assert.Equal(1, b.Double("v", Bounds.Finite));
        Assert.Equal("text=with = signs", b.Text("w"));
        Assert.Equal([1, 2], file.Root.Section("n").Section("m").Doubles("list", Bounds.Finite));
        file.Finish();
    }

    [Fact]
    public void AnOverrideWithoutAValueTakesTheKeyOut()
    {
        var file = Read("a: 1\nb: {c: 2, d: 3}\n", "a=", "b.d=");
        Assert.Null(file.Root.OptionalDouble("a", Bounds.Share));
        file.Root.Section("b").Double("c", Bounds.Finite);
        file.Finish();
        Assert.Equal(["--set z=: z is not in the config, so it cannot be taken out"], Problems(Read("{}", "z=")));
    }

    [Fact]
    public void AWrongOverrideIsNamedAsTheOptionItCameFrom()
    {
        var file = Read("a: 1\n", "a=-1", "nothing", "a.b=2", "aa=3", "=4");
        file.Root.Double("a", Bounds.Share);
        Assert.Equal(
        [
            "--set nothing: is no assignment, allowed is KEY=VALUE such as arrivals.mean_gap_s=0.5",
            "--set a.b=2: a is a value and has no keys",
            "--set =4: is no assignment, allowed is KEY=VALUE such as arrivals.mean_gap_s=0.5",
            "--set a=-1: a: is -1, allowed is 0 to 1",
            "--set aa=3: aa: is no key of a config; did you mean a?",
        ], Problems(file));
    }

    [Theory]
    [InlineData("a: [1", "is not YAML")]
    [InlineData("- 1\n- 2\n", "is no mapping")]
    [InlineData("", "is empty")]
    [InlineData("a: 1\n---\nb: 2\n", "holds 2 documents")]
    [InlineData("a: *nowhere\n", "is not YAML")]
    [InlineData("? [a, b]\n: 1\n", "a key is no word")]
    [InlineData("b: &b [x, x]\nc: &c [*b, *b]\n? *c\n: 1\n", "a key is no word")]
    [InlineData("a:\n  a: {a: {a: {: 0.4\nb: 1\n", "is not YAML")]
    public void WhatIsNoConfigIsRefused(string text, string problem)
    {
        var e = Assert.Throws<InputException>(() => Read(text));
        Assert.StartsWith(_folder.At("c.yaml"), Assert.Single(e.Problems));
        Assert.Contains(problem, e.Message);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void WhatIsNestedWithoutEndIsRefusedRatherThanFollowed(string opener)
    {
        var deep = string.Concat(Enumerable.Repeat(opener, 50_000));
        Assert.Contains("is not YAML (it is nested deeper than 64 levels", Assert.Throws<InputException>(() => Read("a:\n  " + deep)).Message);
        Assert.Contains(Problems(Read("a: 1\n", "b=" + deep)), p => p.Contains("it is nested deeper than 64 levels"));
    }

    [Fact]
    public void AMissingFileIsRefused() =>
        Assert.Contains("cannot be read", Assert.Throws<InputException>(() => ConfigFile.Read(_folder.At("none.yaml"), [])).Message);

    [Fact]
    public void DuplicatesAreFoundAtEveryDepthAndTheFirstValueStays()
    {
        var file = Read("a: {v: 1, v: {deep: [1, {v: 2}]}, w: 3}\nlist: [{x: 1, x: 2}]\na: 4\nb: 5\n");
        var a = file.Root.Section("a");
        Assert.Equal(1, a.Double("v", Bounds.Finite));
        Assert.Equal(3, a.Double("w", Bounds.Finite));
        Assert.Equal(5, file.Root.Double("b", Bounds.Finite));
        file.Root.Expect("list");
        Assert.Equal(["v", "x", "a"], Problems(file).Select(p => p.Split(": ")[1]));
    }

    [Fact]
    public void ResolvedYamlReadsBackToTheSameText()
    {
        _folder.Write("data/x.txt", "");
        var first = Read("""
            text: >-
              two lines, with: a colon
              and "quotes" # and no comment
            word: plain
            truth: "true"
            tiny: 3e-9
            file: data/x.txt
            files: [data/x.txt]
            inner: {b: [4, 8]}
            """);
        Describe(first);
        var run = Path.Combine(_folder.Root, "runs", "one");
        var yaml = first.ResolvedYaml(run);
        Assert.Contains("file: ../../data/x.txt", yaml);
        Assert.Contains("defaulted: 7", yaml);
        var second = ConfigFile.Read(_folder.Write("runs/one/config.yaml", yaml), []);
        Assert.Equal(first.Root.Text("text"), second.Root.Text("text"));
        second = ConfigFile.Read(_folder.At("runs/one/config.yaml"), []);
        Describe(second);
        second.Finish();
        Assert.Equal(yaml, second.ResolvedYaml(run));

        static void Describe(ConfigFile file)
        {
            file.Root.Text("text");
            file.Root.Text("word");
            file.Root.Text("truth");
            file.Root.Double("tiny", Bounds.Positive);
            file.Root.PathTo("file");
            file.Root.Paths("files");
            file.Root.Section("inner").Ints("b", [4, 8]);
            file.Root.Int("defaulted", 1, 9, 7);
        }
    }

    private ConfigFile Read(string yaml, params string[] overrides) => ConfigFile.Read(_folder.Write("c.yaml", yaml), overrides);

    private static IReadOnlyList<string> Problems(ConfigFile file) => Assert.Throws<InputException>(file.Finish).Problems;
}
