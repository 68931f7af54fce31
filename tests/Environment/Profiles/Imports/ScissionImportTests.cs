using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Environment.Profiles.Imports;

namespace RlOffload.Tests.Environment.Profiles.Imports;

public sealed class ScissionImportTests
{
    [Fact]
    public void BlocksAddUpOnEachMachine()
    {
        using var folder = new TemporaryFolder();
        var profile = new ProfileImport(ImportSource.Scission, ImportedData.Scission(folder), "mobilenet", "small", "large").Read();
        Assert.Empty(ProfileFile.Check(profile));
        Assert.Equal([(0, 0.0, 400.0, 10.0), (1, 100.0, 300.0, 6.0), (2, 400.0, 0.0, 0.0)],
            profile.Partitions.Select(p => (p.Cut, p.HeadMs.Median, p.TailMs.Median, p.OnServerMs.Median)), (a, b) => a.Item1 == b.Item1
                && Math.Abs(a.Item2 - b.Item2) + Math.Abs(a.Item3 - b.Item3) + Math.Abs(a.Item4 - b.Item4) < 1e-9);
        Assert.Equal([150_528, 1_000, 1_000], profile.Cuts.Select(c => c.Elements));
        Assert.Equal(0.704, profile.Exits.Single().Accuracy);
        Assert.Contains("ASSUMED", profile.AccuracySource, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownNetworkAndEarlyExitsAreRefused()
    {
        using var folder = new TemporaryFolder();
        var import = new ProfileImport(ImportSource.Scission, ImportedData.Scission(folder), "other", "small", "large");
        Assert.Contains("unknown accuracy", Assert.Throws<InputException>(() => import.Read()).Message, StringComparison.Ordinal);
        Assert.Contains("no early exits", Assert.Throws<InputException>(() => (import with { Network = "mobilenet", Exits = [1] }).Read()).Message, StringComparison.Ordinal);
        Assert.Contains("cloud-large, device-small", Assert.Throws<InputException>(() => (import with { Device = "tiny" }).Read()).Message, StringComparison.Ordinal);
    }

    [DataFact("profiles/scission/device-raspi4.csv")]
    public void All18NetworksMakeASoundProfileOnEveryServer()
    {
        string[] networks = [.. File.ReadLines(SharedData.At("profiles/scission/device-raspi4.csv")).Skip(1).Select(l => l.Split(',')[0]).Distinct()];
        Assert.Equal(18, networks.Length);
        foreach (var network in networks)
            foreach (var server in new[] { "edge-2500", "edge-vm2Core", "cloud-6700k_NoGPU", "cloud-6700k_GPU" })
                Assert.Empty(ProfileFile.Check(new ProfileImport(ImportSource.Scission, SharedData.At("profiles/scission"), network, "raspi4", server).Read()));
    }
}
