using RlOffload.Environment.Links;

namespace RlOffload.Tests.Cli.Verbs.Traces;

public sealed class FitTracesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WritesAModelThatSaysWhereItComesFromAndShowsItBesideTheData()
    {
        WriteTrace("up/a", 1);
        WriteTrace("up/b", 2);
        _folder.Write("rtt/1", "300\n40\n41\n45\n");

        var (exit, output, errors) = CommandLine.Run("traces", "fit", _folder.At("up"), "--out", _folder.At("link.json"), "--name", "mine", "--source", "a field trip",
            "--licence", "CC0", "--rtt", _folder.At("rtt"), "--rtt-skip", "1", "--rtt-source", "ping");

        Assert.True(exit == 0, errors);
        Assert.Contains("autocorrelation at lag", output);
        Assert.Contains("3 round-trip times in 1 file read as one number a line (ms)", output);
        var model = LinkModel.Read(_folder.At("link.json")).Parameters;
        Assert.Equal(("mine", "a field trip", "CC0", "uplink", 0.5), (model.Name, model.Source, model.Licence, model.Direction, model.BinSeconds));
        Assert.Equal(["a", "b"], model.Data.Select(d => d.File));
        Assert.All(model.Data, d => Assert.Equal(64, d.Sha256.Length));
        Assert.Equal("ping", model.Rtt!.Source);
        Assert.NotNull(model.Fit);
    }

    [Fact]
    public void RoundTripsWithoutASourceAreRefusedAndNothingIsWritten()
    {
        WriteTrace("a", 1);
        var (exit, _, errors) = CommandLine.Run("traces", "fit", _folder.At("a"), "--out", _folder.At("link.json"), "--name", "x", "--source", "y", "--licence", "z", "--rtt", _folder.At("a"));
        Assert.Equal(2, exit);
        Assert.Contains("--rtt-source: is missing", errors);
        Assert.False(File.Exists(_folder.At("link.json")));
    }

    private void WriteTrace(string name, ulong window)
    {
        var text = new StringWriter();
        TraceWriter.TwoColumn(LinkModel.Read(Repository.At("configs/links/cellular-uplink.json")).Draw(1, window, 200), text);
        _folder.Write(name, text.ToString());
    }
}
