using System.Text.Json;
using RlOffload.Tests.Training;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class EvaluateVerbTests
{
    [Fact]
    public void TheReportHasEveryFieldAndKeepsTheOrder()
    {
        using var config = new TestConfig();
        var (exit, output, errors) = CommandLine.RunIn(config.At("cache"), ["evaluate", config.Path, "--set", TestConfig.Quick[1], "--no-cache",
            "--policy", "random", "--policy", "static", "lmos@8", "--json", config.At("report.json")]);
        Assert.True(exit == 0, output + errors);
        Assert.False(Directory.Exists(config.At("cache/rloffload")));
        var report = JsonDocument.Parse(File.ReadAllBytes(config.At("report.json"))).RootElement;
        var policies = report.GetProperty("policies").EnumerateArray().ToList();
        Assert.Equal(["random", "static", "lmos@8"], policies.Select(p => p.GetProperty("name").GetString()));
        foreach (var policy in policies)
        {
            Numbers(policy.GetProperty("score"), "mean", "low", "high");
            Numbers(policy.GetProperty("latency_ms"), "mean", "p50", "p95", "p99");
            Numbers(policy.GetProperty("decision_us"), "p50", "p99");
            Numbers(policy, "reward", "miss_rate", "accuracy", "energy_mj", "edge_memory_bytes", "bytes_sent", "fallback_rate", "drop_rate");
            Assert.Equal(4 * 30, policy.GetProperty("plans").EnumerateObject().Sum(p => p.Value.GetInt32()));
            Assert.Equal(JsonValueKind.Object, policy.GetProperty("violations").ValueKind);
        }
        Assert.Equal(0, policies[1].GetProperty("score").GetProperty("mean").GetDouble());
        Assert.Equal(4, report.GetProperty("windows").GetInt32());
        Numbers(report, "room");
        foreach (var link in report.GetProperty("links").EnumerateArray())
        {
            Assert.Equal(JsonValueKind.String, link.GetProperty("file").ValueKind);
            Numbers(link, "windows", "mean_mbit_s");
        }
        var oracle = report.GetProperty("oracle");
        Assert.Equal(3, oracle.GetProperty("beam").GetInt32());
        Assert.NotEqual(0, oracle.GetProperty("roster").GetArrayLength());
        Assert.Equal(JsonValueKind.Array, oracle.GetProperty("raised_by").ValueKind);

        static void Numbers(JsonElement of, params string[] names)
        {
            foreach (var name in names)
                Assert.True(double.IsFinite(of.GetProperty(name).GetDouble()), name);
        }
    }

    [Fact]
    public void SeveralConfigsAreASuiteWithAnAggregateAndASecondRunReusesIt()
    {
        using var config = new TestConfig();
        config.Write("calm.yaml", "name: calm\n" + TestConfig.Minimal.Replace("mean_gap_s: 0.4", "mean_gap_s: 1.2", StringComparison.Ordinal));
        string[] arguments = ["evaluate", config.Path, config.At("calm.yaml"), "--set", TestConfig.Quick[1], "--policy", "random", "--policy", "priced",
            "--json", config.At("suite.json"), "--csv", config.At("suite.csv"), "--markdown", config.At("suite.md"),
            "--report", config.At("suite.html")];
        var (exit, output, errors) = CommandLine.RunIn(config.At("cache"), arguments);
        Assert.True(exit == 0, output + errors);
        var suite = JsonDocument.Parse(File.ReadAllBytes(config.At("suite.json"))).RootElement;
        Assert.Equal(["test", "calm"], suite.GetProperty("scenarios").EnumerateArray().Select(s => s.GetProperty("config").GetString()));
        var aggregate = suite.GetProperty("aggregate").GetProperty("policies").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);
        foreach (var number in new[] { "interquartile_mean", "mean", "optimality_gap", "improvement_over_baseline" })
            Assert.True(double.IsFinite(aggregate["random"].GetProperty(number).GetProperty("mean").GetDouble()), number);
        Assert.Equal(1 + 2 * 2, File.ReadAllLines(config.At("suite.csv")).Length);
        Assert.Contains("| `random` |", File.ReadAllText(config.At("suite.md")));
        Assert.Contains("<title>Evaluation - RlOffload</title>", File.ReadAllText(config.At("suite.html")));
        var first = File.ReadAllText(config.At("suite.json"));
        (exit, output, errors) = CommandLine.RunIn(config.At("cache"), arguments);
        Assert.True(exit == 0, output + errors);
        Assert.Equal(first, File.ReadAllText(config.At("suite.json")));
    }

    [Theory]
    [InlineData("lmoss", "--policy", "lmoss")]
    [InlineData("greedy@8", "--policy", "greedy@8")]
    [InlineData("nowhere.txt", "--policy", "local", "--traces", "nowhere.txt")]
    [InlineData("uplnk", "--policy", "local", "--set", "uplnk=1")]
    [InlineData("--windows", "--policy", "local", "--windows", "0")]
    public void GarbageIsRefusedAndNothingIsWritten(string named, params string[] arguments)
    {
        using var config = new TestConfig();
        var (exit, _, errors) = CommandLine.RunIn(
            config.At("cache"), ["evaluate", config.Path, "--set", TestConfig.Quick[1], .. arguments, "--json", config.At("report.json")]);
        Assert.True(exit == 2, $"{exit}: {errors}");
        Assert.Contains(named, errors);
        Assert.False(File.Exists(config.At("report.json")));
        Assert.False(Directory.Exists(config.At("cache/rloffload")));
    }

    [Fact]
    public void AReportThatCouldNotBeWrittenIsRefusedBeforeTheWork()
    {
        using var config = new TestConfig();
        var (exit, _, errors) = CommandLine.RunIn(config.At("cache"), ["evaluate", config.Path, "--policy", "local", "--json", config.At("nowhere/report.json")]);
        Assert.Equal(2, exit);
        Assert.Contains("--json", errors);
        Assert.False(Directory.Exists(config.At("nowhere")));
    }
}
