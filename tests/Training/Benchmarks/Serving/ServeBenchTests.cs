using System.Text.Json.Nodes;

namespace RlOffload.Tests.Training.Benchmarks.Serving;

public sealed class ServeBenchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryTransportAnswersTheTailsNumbersAndTooMuchIsRefused()
    {
        var (exit, _, errors) = CommandLine.Run("bench", "serve", "--seconds", "0.5", "--clients", "2", "--limit", "100", "--json", _folder.At("serve.json"));
        Assert.True(exit == 0, errors);
        var report = JsonNode.Parse(File.ReadAllText(_folder.At("serve.json")))!;
        Assert.All(new[] { "requests_per_second", "p50_us", "p99_us", "p99_to_p50" }, field => Assert.True((double)report[field]! > 0, field));
        Assert.Equal(102_400, (int)report["tensor_bytes"]!);
        Assert.Equal(["frames", "http", "oip"], report["transports"]!.AsArray().Select(t => (string)t!["transport"]!));
        Assert.Equal(4096, (int)report["overload"]!["tensor_bytes"]!);
        Assert.InRange((double)report["overload"]!["refused_share"]!, 0.01, 1);
    }

    [Fact]
    public void OptionsThatMeanNothingAreRefused()
    {
        var (exit, _, errors) = CommandLine.Run("bench", "serve", "--seconds", "0");
        Assert.Equal(2, exit);
        Assert.Contains("--seconds: is 0", errors, StringComparison.Ordinal);
    }
}
