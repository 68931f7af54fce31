using RlOffload.Environment.Profiles;
using RlOffload.Tests.Inference;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class ProfileVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ANetworkIsProfiledAndSummarised()
    {
        var network = new TestNetwork(_folder);

        var (exit, output, errors) = CommandLine.Run("profile", network.ModelPath, "--out", _folder.At("p.json"), "--repeats", "1", "--exits", "exit2");

        Assert.True(exit == 0, errors);
        Assert.Contains("bit-identical", output);
        Assert.Equal("exit2", ProfileFile.Read(_folder.At("p.json")).Exits.Single().Output);
    }

    [Fact]
    public void CtrlCKeepsWhatWasMeasuredAndTheSameCommandGoesOn()
    {
        if (OperatingSystem.IsWindows())
            return;
        var network = new TestNetwork(_folder);
        string[] command = ["profile", network.ModelPath, "--out", _folder.At("p.json"), "--exits", "exit2", "--repeats"];
        var (exit, output, errors) = CommandLine.Interrupt(_folder.At("cache"), [.. command, "2000"], _ => new FileInfo(_folder.At("p.json.journal")) is { Exists: true, Length: > 0 });
        Assert.True(exit == 130, $"{exit}: {output}{errors}");
        Assert.Contains($"Interrupted. What was measured is in {_folder.At("p.json.journal")}", output);
        Assert.False(File.Exists(_folder.At("p.json")));

        (exit, output, errors) = CommandLine.Run([.. command, "1"]);
        Assert.True(exit == 0, output + errors);
        Assert.Equal("exit2", ProfileFile.Read(_folder.At("p.json")).Exits.Single().Output);
    }

    [Fact]
    public void GarbageIsOneClearErrorAndNothingIsWritten()
    {
        var file = _folder.Write("bad.onnx", "this is no network");

        var (exit, _, errors) = CommandLine.Run("profile", file, "--out", _folder.At("p.json"), "--mean", "0,x");
        Assert.Equal((2, "--mean: 'x' in '0,x' is no number; numbers separated by commas are allowed"), (exit, errors.Trim()));

        (exit, _, errors) = CommandLine.Run("profile", file, "--out", _folder.At("p.json"));
        Assert.Equal(2, exit);
        Assert.StartsWith($"{file}:file: is no ONNX model", errors);
        Assert.Equal([file], Directory.GetFiles(_folder.Root));
    }
}
