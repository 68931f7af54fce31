using System.Diagnostics;
using System.Text.Json.Nodes;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class PackVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void APackAnswersAndVerifiesOnItsOwn()
    {
        var (exit, output, errors) = CommandLine.Run("pack", Repository.At("checkpoints/quickstart"), "--out", _folder.At("device"), "--form", "portable", "--json", _folder.At("pack.json"));
        Assert.True(exit == 0, errors);
        Assert.Contains("start to first answer, alone", output, StringComparison.Ordinal);
        Assert.Contains("needs the ASP.NET Core 10 runtime", errors, StringComparison.Ordinal);

        var report = JsonNode.Parse(File.ReadAllText(_folder.At("pack.json")))!;
        Assert.Equal("portable", (string)report["form"]!);
        Assert.Equal(Directory.GetFiles(_folder.At("device"), "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), (long)report["bytes"]!);
        Assert.True((double)report["start"]!["answer_seconds"]! > 0);
        Assert.InRange((long)report["start"]!["resident_bytes"]!, 1, (long)report["start"]!["peak_bytes"]!);

        var start = new ProcessStartInfo("dotnet", [_folder.At("device/bin/rloffload.dll"), "verify", _folder.At("device/policy")]) { RedirectStandardOutput = true };
        using var verify = Process.Start(start)!;
        Assert.Contains("golden vectors", verify.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        verify.WaitForExit();
        Assert.Equal(0, verify.ExitCode);
    }

    [Fact]
    public void ARefusalEndsWithCode2AndOneMessage()
    {
        var (exit, _, errors) = CommandLine.Run("pack", _folder.At("none"), "--out", _folder.At("device"), "--form", "portable");
        Assert.Equal(2, exit);
        Assert.Single(errors.Trim().Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
    }
}
