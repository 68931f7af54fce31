using System.Text.Json;
using RlOffload.Tests.Training;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class BenchVerbTests
{
    [Fact]
    public void EachBenchPrintsATableAndWritesItsNumbers()
    {
        using var config = new TestConfig();
        Bench(["env", config.Path], root => Assert.True(root.GetProperty("decisions_per_second").GetProperty("median").GetDouble() > 0));
        Bench(["decision", config.Path, "--plans", "10", "--hidden", "16"], root => Assert.All(root.EnumerateArray(), d => Assert.Equal(0, d.GetProperty("bytes").GetDouble())));
        Bench(["learner", "--agent", "sac", "--plans", "10", "--hidden", "16", "--batch", "8", "--observation", "4"], root =>
        {
            Assert.True(root.TryGetProperty("cpu_ms_per_update", out _));
            Assert.Equal(0, root.GetProperty("bytes_per_update").GetDouble());
        });

        void Bench(string[] arguments, Action<JsonElement> written)
        {
            var (exit, output, errors) = CommandLine.Run(["bench", .. arguments, "--rounds", "1", "--json", config.At("bench.json")]);
            Assert.True(exit == 0, output + errors);
            Assert.Contains("bytes", output);
            written(JsonDocument.Parse(File.ReadAllText(config.At("bench.json"))).RootElement);
        }
    }

    [Fact]
    public void WhatCannotBeMeasuredIsRefused()
    {
        using var config = new TestConfig();
        Refused("allowed: sac", "learner", "--agent", "wizard");
        Refused("--hidden", "learner", "--hidden", "0");
        Refused("--rounds", "env", config.Path, "--rounds", "0");
        Refused("--json", "decision", config.Path, "--json", config.At("nowhere/decision.json"));

        static void Refused(string named, params string[] arguments)
        {
            var (exit, _, errors) = CommandLine.Run(["bench", .. arguments]);
            Assert.Equal(2, exit);
            Assert.Contains(named, errors);
        }
    }
}
