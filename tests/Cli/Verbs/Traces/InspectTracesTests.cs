using System.Text.Json;

namespace RlOffload.Tests.Cli.Verbs.Traces;

public sealed class InspectTracesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ShowsEachFileAndTheFormatThatWasFound()
    {
        _folder.Write("traces/a", "0 1\n1 2\n2 0\n3 5\n");
        _folder.Write("traces/b", "1\n50\n120\n180\n");
        _folder.Write("traces/README", "not a trace");

        var (exit, output, errors) = CommandLine.Run("traces", "inspect", _folder.At("traces"), "--json", _folder.At("out.json"));

        Assert.True(exit == 0, errors);
        Assert.Contains("1 file read as two-column (s, Mbit/s)", output);
        Assert.Contains("1 file read as mahimahi (ms, packets of 1500 bytes in bins of 0.1 s)", output);
        Assert.Contains("2 traces", output);
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.At("out.json")));
        var rows = json.RootElement.GetProperty("traces").EnumerateArray().ToList();
        Assert.Equal(["a", "b"], rows.Select(r => r.GetProperty("file").GetString()));
        Assert.Equal(2, rows[0].GetProperty("mean_mbit_s").GetDouble(), 9);
        Assert.Equal(0.25, rows[0].GetProperty("zero_share").GetDouble(), 9);
        Assert.Equal(4, rows[1].GetProperty("samples").GetInt32());
    }

    [Fact]
    public void ABadFileIsOneClearErrorAndNothingIsWritten()
    {
        _folder.Write("traces/a", "0 1\n1 2\n");
        var bad = _folder.Write("traces/b", "0 1\n1 NaN\n");

        var (exit, output, errors) = CommandLine.Run("traces", "inspect", _folder.At("traces"), "--json", _folder.At("out.json"));

        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.Equal($"{bad}:2: rate is NaN, allowed is a finite rate of 0 or more (at most 1e+13 bit/s)", errors.Trim());
        Assert.False(File.Exists(_folder.At("out.json")));
    }
}
