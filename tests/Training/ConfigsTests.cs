using System.Security.Cryptography;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

/// <summary>Every config of the repository is read and its world built. Where the network itself is not in the repository, another one takes its place.</summary>
public sealed class ConfigsTests : IDisposable
{
    private static readonly string[] NotHereYet = ["profile", "model"];
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Configs =>
        [.. Directory.GetFiles(Repository.At("configs"), "*.yaml", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Repository.Root, f)).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Configs))]
    public void EveryConfigLoadsAndBuilds(string config)
    {
        if (Load(config) is not { } experiment)
            return;
        var world = experiment.Build();
        Assert.True(world.Plans.Count > 1);
        var environment = world.Test.Environment(world.CostModel);
        Assert.Empty(EnvironmentChecker.Check(environment, windows: 1));
        var path = _folder.Write("run/config.yaml", experiment.ResolvedYaml(_folder.At("run")));
        Assert.Equal(world.ScenarioHash, Experiment.Load(path, []).Build().ScenarioHash);
    }

    [Fact]
    public void TheQuickstartsDeviceIsAsSlowAsItsSourceSays()
    {
        var world = Load("configs/quickstart.yaml")!.Build();
        // MLPerf Tiny v1.1, NUCLEO-U575ZI-Q: 7.858 ResNet-8 a second of 12,501,632 multiply-adds each; the shipped network has 56,625,024 up to its last exit.
        Assert.Equal(1000 / 7.858 * 56_625_024 / 12_501_632, world.Scenario.Device.TimeFactor * world.Profile.WholeMs[^1].Median, 0.1);
    }

    /// <summary>Null where the config needs measured data that is not on this machine.</summary>
    private Experiment? Load(string config)
    {
        var path = Repository.At(config);
        try
        {
            return Experiment.Load(path, []);
        }
        catch (InputException e) when (e.DataMissing)
        {
            Assert.Contains("rloffload profiles import", e.Message, StringComparison.Ordinal);
            return null;
        }
        catch (InputException e) when (e.Problems.All(p => NotHereYet.Any(k => p.Contains($": {k}: is '", StringComparison.Ordinal) && p.Contains("which is not there", StringComparison.Ordinal))))
        {
            var model = _folder.Write("model.onnx", "stands for the network");
            var cells = TestWorld.Profile.Accuracy.Where(a => a.Bits == 4)
                .SelectMany(a => new[] { 3, 6, 16 }.Select(bits => a with { Bits = bits, Value = bits == 3 ? a.Value - 0.1 : a.Value }));
            ProfileFile.Write(TestWorld.Profile with
            {
                Model = TestWorld.Profile.Model with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(model))) },
                Accuracy = [.. TestWorld.Profile.Accuracy, .. cells],
            }, _folder.At("profile.json"));
            return Experiment.Load(path, [$"profile={_folder.At("profile.json")}", $"model={model}"]);
        }
    }
}
