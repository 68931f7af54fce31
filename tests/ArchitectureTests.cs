using System.Reflection;
using System.Xml.Linq;
using RlOffload.Agents.Engine;

namespace RlOffload.Tests;

/// <summary>Who may know whom, as DESIGN.md has it: found out from what the built assemblies refer to.</summary>
public sealed class ArchitectureTests
{
    private const string OnnxRuntime = "Microsoft.ML.OnnxRuntime";

    public static TheoryData<string, string[]> Allowed => new()
    {
        { "RlOffload.Onnx", [] },
        { "RlOffload.Environment", [] },
        { "RlOffload.Agents", ["RlOffload.Environment", "RlOffload.Onnx", OnnxRuntime] },
        { "RlOffload.Inference", ["RlOffload.Environment", "RlOffload.Onnx", OnnxRuntime] },
        { "RlOffload.Training", ["RlOffload.Environment", "RlOffload.Onnx", "RlOffload.Agents", "RlOffload.Inference"] },
        { "rloffload", ["RlOffload.Environment", "RlOffload.Onnx", "RlOffload.Agents", "RlOffload.Inference", "RlOffload.Training", OnnxRuntime] },
    };

    /// <summary>Built only with -p:Torch=cpu or -p:Torch=cuda.</summary>
    private const string Torch = "RlOffload.Agents.Torch";

    [Fact]
    public void TheTorchEngineIsBuiltOnDemandAndKnowsOnlyTheAgents()
    {
        Assert.DoesNotContain(Torch, File.ReadAllText(Repository.At("RlOffload.sln")));
        if (Engines.HasTorch)
            APartKnowsOnlyWhatItMay(Torch, ["RlOffload.Agents"]);
    }

    /// <summary>Built only by 'rloffload pack'.</summary>
    private const string Device = "RlOffload.Device";

    [Fact]
    public void TheDevicesProgramIsBuiltOnDemandOfTheCommandsFilesAndKnowsNothingThatLearns()
    {
        Assert.DoesNotContain(Device, File.ReadAllText(Repository.At("RlOffload.sln")));
        var project = XDocument.Load(Repository.At($"src/Device/{Device}.csproj"));
        List<string> Named(string item) => [.. project.Descendants(item).SelectMany(i => i.Attribute("Include")!.Value.Split(';'))];
        Assert.Equal(["../Environment/RlOffload.Environment.csproj", "../Onnx/RlOffload.Onnx.csproj", "../Inference/RlOffload.Inference.csproj"], Named("ProjectReference"));
        Assert.All(Named("Compile"), file => Assert.True(File.Exists(Repository.At($"src/Device/{file}")), file));
        Assert.All(Named("Compile"), file => Assert.DoesNotContain("RlOffload.Training", File.ReadAllText(Repository.At($"src/Device/{file}"))));
    }

    [Theory, MemberData(nameof(Allowed))]
    public void APartKnowsOnlyWhatItMay(string part, string[] allowed)
    {
        var known = Assembly.Load(part).GetReferencedAssemblies().Select(a => a.Name!)
            .Where(n => n.StartsWith("RlOffload", StringComparison.OrdinalIgnoreCase) || n == OnnxRuntime);
        Assert.Empty(known.Except(allowed));
    }

    [Fact]
    public void OfTheAgentsOnlyTheSecondEngineKnowsOnnxRuntime() => Assert.All(
        Directory.GetFiles(Repository.At("src/Agents"), "*.cs", SearchOption.AllDirectories).Where(f => !f.Contains("/obj/") && File.ReadAllText(f).Contains(OnnxRuntime)),
        file => Assert.Equal("OnnxEngine.cs", Path.GetFileName(file)));

    [Fact]
    public void EveryPartIsHeldToTheRule() =>
        Assert.Equal(
            Directory.GetFiles(Repository.At("src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension)
                .Select(n => n == "RlOffload.Cli" ? "rloffload" : n).Order(StringComparer.Ordinal),
            Allowed.Select(row => ((string)row[0])).Append(Torch).Append(Device).Order(StringComparer.Ordinal));
}
