using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment.Profiles.Imports;
using RlOffload.Training;

namespace RlOffload.Tests.Training.Config;

public sealed class ProfileSectionTests
{
    private const string Import = "profile={import: portend, folder: data/portend, network: net, device: slow, server: quick, exits: [2, 3]}";
    private static readonly string[] Machines = ["device={name: slow, active_w: 1}", "plans={bits: [8]}"];

    [Fact]
    public void AConfigMayNameMeasurementsInsteadOfAFile()
    {
        using var config = new TestConfig();
        using var data = new TemporaryFolder();
        Directory.Move(ImportedData.Portend(data), Directory.CreateDirectory(config.At("data")).FullName + "/portend");
        var experiment = Experiment.Load(config.Path, [Import, .. Machines]);
        var world = experiment.Build();
        Assert.Equal(62, world.Profile.WholeMs[^1].Median);
        Assert.Contains(world.Notes, n => n.Contains("ASSUMED", StringComparison.Ordinal));
        // The file that 'profiles import' would write is the same profile.
        ProfileFile.Write(world.Profile, config.At("p.json"));
        var fromFile = Experiment.Load(config.Path, [$"profile={config.At("p.json")}", .. Machines]).Build();
        Assert.Equal(world.ScenarioHash, fromFile.ScenarioHash);
        Assert.Equal(world.ProfileHash, fromFile.ProfileHash);
        Assert.Equal(world.Plans.Hash, fromFile.Plans.Hash);
        var again = config.Write("runs/1/config.yaml", experiment.ResolvedYaml(config.At("runs/1")));
        Assert.Equal(experiment.Import!.Folder, Experiment.Load(again, []).Import!.Folder);
    }

    [Fact]
    public void MeasurementsThatAreNotHereAreToldWithTheCommandThatReplacesThem()
    {
        using var config = new TestConfig();
        var error = Assert.Throws<InputException>(() => Experiment.Load(config.Path, [Import, .. Machines]));
        Assert.True(error.DataMissing);
        Assert.Contains("profile.folder: is 'data/portend', where nothing is", error.Message, StringComparison.Ordinal);
        Assert.Contains("rloffload profiles import portend DIR --network net --device slow --server quick --out F.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnythingElseThatIsWrongIsNoMissingData()
    {
        using var config = new TestConfig();
        Assert.False(Assert.Throws<InputException>(() => Experiment.Load(config.Path, [Import, .. Machines, "seed=-1"])).DataMissing);
        Assert.False(Assert.Throws<InputException>(() => Experiment.Load(config.Path, ["profile=nowhere.json"])).DataMissing);
    }
}
