using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment.Profiles.Imports;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class ProfilesVerbTests
{
    [Fact]
    public void AnImportWritesAProfileAndSaysWhatIsAssumed()
    {
        using var folder = new TemporaryFolder();
        var (exit, output, errors) = CommandLine.Run("profiles", "import", "portend", ImportedData.Portend(folder),
            "--network", "net", "--device", "slow", "--server", "quick", "--exits", "2", "3", "--out", folder.At("p.json"));
        Assert.True(exit == 0, output + errors);
        Assert.Equal(2, ProfileFile.Read(folder.At("p.json")).Exits.Count);
        Assert.Contains("ASSUMED", output, StringComparison.Ordinal);
        Assert.Contains("tail ms, server", output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownMachineIsTwoAndNothingIsWritten()
    {
        using var folder = new TemporaryFolder();
        var (exit, _, errors) = CommandLine.Run("profiles", "import", "portend", ImportedData.Portend(folder),
            "--network", "net", "--device", "none", "--server", "quick", "--out", folder.At("p.json"));
        Assert.Equal(2, exit);
        Assert.Contains("device: has no single 'none', allowed is one of slow.one, quick.one", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.At("p.json")));
    }
}
