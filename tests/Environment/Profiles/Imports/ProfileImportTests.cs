using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Environment.Profiles.Imports;

namespace RlOffload.Tests.Environment.Profiles.Imports;

public sealed class ProfileImportTests
{
    [Theory]
    [InlineData("resnet50", "resnet50")]
    [InlineData("ResNet-50", "resnet50")]
    [InlineData("resnet50v", "resnet50v2")]
    [InlineData("vgg", "vgg_16")]
    [InlineData("16", "vgg_16")]
    public void ANameIsFoundByItsBeginning(string given, string expected) =>
        Assert.Equal(expected, ProfileImport.Choose("f", "network", given, ["resnet50", "resnet50v2", "vgg_16"]));

    [Theory]
    [InlineData("resnet")]
    [InlineData("alexnet")]
    [InlineData("-")]
    public void OneThatFitsSeveralOrNoneIsRefused(string given) =>
        Assert.Contains("f:network: has no single", Assert.Throws<InputException>(() => ProfileImport.Choose("f", "network", given, ["resnet50", "resnet50v2"])).Message);

    [Fact]
    public void AnImportedProfileReadsBackFromItsFile()
    {
        using var folder = new TemporaryFolder();
        var profile = new ProfileImport(ImportSource.Portend, ImportedData.Portend(folder), "net", "slow", "quick").Read();
        ProfileFile.Write(profile, folder.At("p.json"));
        var back = ProfileFile.Read(folder.At("p.json"));
        Assert.Equal(profile.Partitions, back.Partitions);
        Assert.Equal(profile.AccuracySource, back.AccuracySource);
        Assert.Equal(profile.Assumptions, back.Assumptions);
    }

    [Fact]
    public void MeasurementsThatContradictEachOtherMakeNoProfile()
    {
        using var folder = new TemporaryFolder();
        var import = new ProfileImport(ImportSource.Portend, ImportedData.Portend(folder), "net", "slow", "quick");
        var inputs = File.ReadAllText(folder.At("portend/block_inputs.csv"));
        File.WriteAllText(folder.At("portend/block_inputs.csv"), inputs.Replace(",50,50,20000", ",50,50,0", StringComparison.Ordinal));
        Assert.Contains("portend:net: makes no profile: cuts[1]", Assert.Throws<InputException>(import.Read).Message, StringComparison.Ordinal);
    }
}
