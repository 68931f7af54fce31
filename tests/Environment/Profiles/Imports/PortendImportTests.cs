using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Environment.Profiles.Imports;

namespace RlOffload.Tests.Environment.Profiles.Imports;

public sealed class PortendImportTests
{
    [Fact]
    public void HeadsAreTheDevicesAndTailsTheServers()
    {
        using var folder = new TemporaryFolder();
        var profile = new ProfileImport(ImportSource.Portend, ImportedData.Portend(folder), "net", "slow", "quick").Read();
        Assert.Empty(ProfileFile.Check(profile));
        // Exit 1 has an eighth of the last one's accuracy: it is left out. Blocks 2 to 2 were not timed on the server: that pair, too.
        Assert.Equal([0.6, 0.8], profile.Exits.Select(e => e.Accuracy!.Value));
        Assert.Equal([(0, 0), (0, 3), (1, 0), (1, 1), (1, 2), (1, 4)], profile.Partitions.Select(p => (p.Exit, p.Cut)));
        var split = profile.Partitions.Single(p => p is { Exit: 1, Cut: 1 });
        Assert.Equal((10, 51, 5), (split.HeadMs.Median, split.TailMs.Median, split.ServerTailMs!.Median));
        Assert.Equal([31, 62], profile.WholeMs.Select(w => w.Median));
        Assert.Equal(6, profile.ServerWholeMs.Median);
        Assert.Equal([20_000, 5_000], profile.Cuts.Skip(1).Take(2).Select(c => c.Elements));
        Assert.Equal([("raw", 150_528.0), ("jpeg", 20_000.0)], profile.InputEncodings.Select(e => (e.Name, e.Bytes)));
        Assert.Equal([10, 20, 30], profile.Nodes.Select(n => n.Ms));
        Assert.Equal([1, 2, 3.5], profile.Nodes.Select(n => n.ServerMs!.Value));
    }

    [Fact]
    public void WhatWasNotMeasuredIsMarked()
    {
        using var folder = new TemporaryFolder();
        var profile = new ProfileImport(ImportSource.Portend, ImportedData.Portend(folder), "net", "slow", "quick").Read();
        Assert.Contains("ASSUMED", profile.AccuracySource, StringComparison.Ordinal);
        Assert.Contains("ASSUMED", profile.InputEncodings[1].Source, StringComparison.Ordinal);
        Assert.Contains(profile.Assumptions!, a => a.Contains("memory", StringComparison.Ordinal));
        Assert.Null(profile.Outcomes);
        Assert.Equal(0.8 * (1 - AssumedBits.Loss(3, 10 / 62.0)), profile.Accuracy.Single(a => a is { Exit: 1, Cut: 1, Bits: 3 }).Value, 1e-12);
    }

    [Fact]
    public void TheCostTableChargesTheServersOwnTimeAndTheFallbackTheDevices()
    {
        using var folder = new TemporaryFolder();
        var profile = new ProfileImport(ImportSource.Portend, ImportedData.Portend(folder), "net", "slow", "quick").Read();
        var scenario = TestWorld.Scenario with { Device = new DeviceSpec(PackSecondsPerElement: 0) };
        var table = new CostTable(profile, PlanTable.Of(profile, [8], probe: false), scenario);
        var plan = table.Plans.Plans.Select((p, i) => (p, i)).Single(x => x.p is { Kind: PlanKind.Split, Cut: 1 }).i;
        Assert.Equal(0.010, table[plan].DeviceSeconds, 1e-12);
        Assert.Equal(0.005, table[plan].ServerSeconds, 1e-12);
        Assert.Equal(0.051, table.Fallback(plan, 1).Seconds, 1e-12);
    }

    [Fact]
    public void ExitsMayBeChosenAndAnUnknownOneIsRefused()
    {
        using var folder = new TemporaryFolder();
        var import = new ProfileImport(ImportSource.Portend, ImportedData.Portend(folder), "net", "slow", "quick", [1, 2]);
        var profile = import.Read();
        Assert.Empty(ProfileFile.Check(profile));
        Assert.Equal(["exit1", "exit2"], profile.Exits.Select(e => e.Output));
        Assert.Contains("exits: has no block 7", Assert.Throws<InputException>(() => (import with { Exits = [7] }).Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BlocksThatAreNotThereAreNamedWhereverTheyAreMissing()
    {
        using var folder = new TemporaryFolder();
        var import = new ProfileImport(ImportSource.Portend, ImportedData.Portend(folder), "net", "slow", "quick");
        var inputs = File.ReadAllText(folder.At("portend/block_inputs.csv"));
        // Times and accuracies of a third block, but only two that anything is known of: the third is no exit.
        File.WriteAllText(folder.At("portend/block_inputs.csv"), inputs.Replace("Net_ImageNet,3,8,25,25,5000\n", "", StringComparison.Ordinal));
        Assert.Equal([0.6], import.Read().Exits.Select(e => e.Accuracy!.Value));
        File.WriteAllText(folder.At("portend/block_inputs.csv"), inputs.Replace("Net_ImageNet,2,", "Net_ImageNet,4,", StringComparison.Ordinal));
        Assert.Contains("block_inputs.csv:4: is block 3 of Net_ImageNet, allowed is each block from 1 to 3 once", Assert.Throws<InputException>(import.Read).Message, StringComparison.Ordinal);
    }

    [DataFact("profiles/portend/exits.csv")]
    public void EveryNetworkOfTheDataMakesASoundProfile()
    {
        foreach (var network in new[] { "EfficientNetB0_ImageNet", "EfficientNetB7_ImageNet", "ResNet20_CIFAR10", "ResNet110_CIFAR10" })
        {
            var profile = new ProfileImport(ImportSource.Portend, SharedData.At("profiles/portend"), network, "a1.medium", "g4dn").Read();
            Assert.Empty(ProfileFile.Check(profile));
            Assert.InRange(profile.Exits.Count, 3, 6);
        }
    }

    [DataFact("profiles/portend/exits.csv")]
    public void EfficientNetB0HasItsPublishedTimesAndAccuracies()
    {
        var profile = new ProfileImport(ImportSource.Portend, SharedData.At("profiles/portend"), "efficientnet-b0", "a1.medium", "g4dn").Read();
        Assert.Equal([0.279, 0.484, 0.608, 0.711, 0.740], profile.Exits.Select(e => Math.Round(e.Accuracy!.Value, 3)));
        Assert.Equal(599.038, profile.WholeMs[^1].Median);
        Assert.Equal(8.79393, profile.ServerWholeMs.Median);
    }
}
