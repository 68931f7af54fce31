using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Tests.Training;
using RlOffload.Training.Regimes;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class RegimesVerbTests
{
    [Fact]
    public void TheMapIsPrintedWrittenAndTheSameTwice()
    {
        using var config = new TestConfig();
        string[] arguments = ["regimes", config.Path, "--set", TestConfig.Quick[0], "--load", "1", "3", "--deadline", "1", "--arrivals", "poisson", "--observe", "own",
            "--policy", "greedy", "knows-link", "--windows", "3", "--json", config.At("map.json"), "--report", config.At("map.html")];
        var (exit, output, errors) = CommandLine.RunIn(config.At("cache"), arguments);
        Assert.True(exit == 0, output + errors);
        Assert.Contains("poisson", output);
        var first = File.ReadAllText(config.At("map.json"));
        var cells = JsonDocument.Parse(first).RootElement.GetProperty("cells").EnumerateArray().ToList();
        Assert.Equal([1.0, 3.0], cells.Select(c => c.GetProperty("load").GetDouble()));
        Assert.All(cells, c => Assert.Equal("greedy", c.GetProperty("planner").GetString()));
        Assert.Contains("<svg", File.ReadAllText(config.At("map.html")));
        Assert.Equal(ArrivalKind.Poisson, RegimeMap.Read(config.At("map.json")).Cells[1].Arrivals);

        var drawn = CommandLine.RunIn(config.At("cache"), ["evaluate", config.Path, "--policy", "greedy", "--regimes", config.At("map.json"), "--report", config.At("both.html"), "--set", TestConfig.Quick[1]]);
        Assert.True(drawn.ExitCode == 0, drawn.Output + drawn.Errors);
        Assert.Contains("Regimes", File.ReadAllText(config.At("both.html")));
        var refused = CommandLine.RunIn(config.At("cache"), ["evaluate", config.Path, "--policy", "greedy", "--regimes", config.Path]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("rloffload regimes", refused.Errors);

        (exit, output, errors) = CommandLine.RunIn(config.At("cache"), [.. arguments, "--no-cache"]);
        Assert.True(exit == 0, output + errors);
        Assert.Equal(first, File.ReadAllText(config.At("map.json")));
    }

    [Fact]
    public void GarbageIsRefusedBeforeAnyWork()
    {
        using var config = new TestConfig();
        Refused("--load", "--load", "0");
        Refused("--windows", "--windows", "0");
        Refused("--report", "--report", config.At("nowhere/map.html"));
        Refused("neither a planner", "--policy", "wizard");

        void Refused(string named, params string[] arguments)
        {
            var (exit, _, errors) = CommandLine.RunIn(config.At("cache"), ["regimes", config.Path, .. arguments]);
            Assert.Equal(2, exit);
            Assert.Contains(named, errors);
        }
    }
}
