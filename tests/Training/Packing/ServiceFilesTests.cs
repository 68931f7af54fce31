using RlOffload.Inference.Policies;
using RlOffload.Training.Packing;

namespace RlOffload.Tests.Training.Packing;

public sealed class ServiceFilesTests
{
    private const string Prefix = "/srv/edge-1";

    [Theory, InlineData(PackForm.Portable, "/usr/bin/env dotnet /srv/edge-1/bin/rloffload.dll"), InlineData(PackForm.Trimmed, "/srv/edge-1/bin/rloffload"), InlineData(PackForm.Native, "/srv/edge-1/bin/rloffload"), InlineData(PackForm.SelfContained, "/srv/edge-1/bin/rloffload")]
    public void TheUnitStartsTheProgramWhereItWillLie(PackForm form, string command)
    {
        var unit = ServiceFiles.UnitText(form, Prefix, "hindsight", 5 << 20);
        Assert.Contains($"\nExecStart={command} run {Prefix}/policy --server $SERVER --listen $LISTEN $OPTIONS\n", unit, StringComparison.Ordinal);
        Assert.Contains($"\nEnvironmentFile={Prefix}/device.env\n", unit, StringComparison.Ordinal);
    }

    [Fact]
    public void TheUnitRestartsAfterFailuresAndHasNoRightsItDoesNotNeed()
    {
        var lines = ServiceFiles.UnitText(PackForm.Trimmed, Prefix, "hindsight", 10 << 20).Split('\n');
        foreach (var line in (string[])["[Unit]", "[Service]", "[Install]", "Restart=on-failure", "DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "TasksMax=256", "MemoryMax=336M"])
            Assert.Contains(line, lines);
    }

    [Fact]
    public void TheUnitsSettingsAreAllNamedInItsFile()
    {
        var settings = ServiceFiles.SettingsText("http://10.0.0.2:8500").Split('\n');
        Assert.Contains("SERVER=http://10.0.0.2:8500", settings);
        Assert.Contains("LISTEN=127.0.0.1:8600", settings);
        Assert.Contains("OPTIONS=", settings);
    }

    [Fact]
    public void TheReadMeHasFiveLines()
    {
        var policy = FrozenPolicyFile.Read(Repository.At("checkpoints/quickstart"));
        var text = ServiceFiles.ReadMeText(PackForm.Portable, Prefix, policy, "linux-x64");
        Assert.Equal(5, text.TrimEnd().Split('\n').Length);
        Assert.Contains("fashion_frames.onnx", text, StringComparison.Ordinal);
    }
}
