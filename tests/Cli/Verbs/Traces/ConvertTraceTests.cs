using RlOffload.Environment.Links;

namespace RlOffload.Tests.Cli.Verbs.Traces;

public sealed class ConvertTraceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AModelIsDrawnAndATraceIsRewritten()
    {
        var model = Repository.At("configs/links/cellular-uplink.json");
        var drawn = CommandLine.Run("traces", "convert", model, "--out", _folder.At("drawn"), "--to", "two-column", "--seconds", "120", "--seed", "3", "--window", "5");
        Assert.True(drawn.ExitCode == 0, drawn.Errors);
        var expected = LinkModel.Read(model).Draw(3, 5, 120);
        Assert.Equal(expected.MeanBitsPerSecond, TraceFile.Read(_folder.At("drawn")).Trace.MeanBitsPerSecond, 1);

        var packets = CommandLine.Run("traces", "convert", _folder.At("drawn"), "--out", _folder.At("packets"), "--to", "mahimahi");
        Assert.True(packets.ExitCode == 0, packets.Errors);
        Assert.Contains("1 file read as two-column (s, Mbit/s)", packets.Output);
        Assert.Equal((int)(expected.BitsBetween(0, 120) / 12000), TraceFile.Read(_folder.At("packets")).Samples);
    }

    [Fact]
    public void TheFileThatIsReadIsNotOverwritten()
    {
        var path = _folder.Write("a", "0 1\n1 2\n");
        var (exit, _, errors) = CommandLine.Run("traces", "convert", path, "--out", path, "--to", "mahimahi");
        Assert.Equal(2, exit);
        Assert.Contains("--out: is the file that is read", errors);
        Assert.Equal("0 1\n1 2\n", File.ReadAllText(path));
    }
}
