using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Inference.Codec.Lanes;

namespace RlOffload.Tests.Inference.Codec.Lanes;

public sealed class SimdLevelTests
{
    [Fact]
    public void TheVariableChoosesAmongWhatTheMachineHas()
    {
        Assert.Equal(SimdLevel.Avx512, Simd.Choose(null, SimdLevel.Avx512));
        Assert.Equal(SimdLevel.Avx2, Simd.Choose("", SimdLevel.Avx2));
        Assert.Equal(SimdLevel.Scalar, Simd.Choose("scalar", SimdLevel.Avx512));
        Assert.Equal(SimdLevel.Avx2, Simd.Choose("avx2", SimdLevel.Avx512));
        var refusal = Assert.Throws<InputException>(() => Simd.Choose("avx512", SimdLevel.Avx2)).Message;
        Assert.Equal("environment:RLOFFLOAD_SIMD: is 'avx512', allowed on this machine is scalar, vector128, avx2", refusal);
        Assert.Throws<InputException>(() => Simd.Choose("sse", SimdLevel.Avx2));
    }

    [Fact]
    public void AWrongVariableIsOneErrorOfTheCommand()
    {
        var (exit, _, errors) = CommandLine.RunWith(new Dictionary<string, string> { [Simd.Variable] = "nonsense" }, "verify", Repository.At("checkpoints/quickstart"));
        Assert.Equal(2, exit);
        Assert.StartsWith("environment:RLOFFLOAD_SIMD: is 'nonsense', allowed on this machine is scalar", errors, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AProcessWithoutWideVectorsPacksTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        var here = Hashes([]).Hashes;
        Assert.Equal(3, here.Count);
        foreach (var (name, value, most) in (ReadOnlySpan<(string, string, string)>)
                 [(Simd.Variable, "scalar", "scalar"), ("DOTNET_EnableAVX2", "0", "vector128"), ("DOTNET_EnableHWIntrinsic", "0", "scalar")])
        {
            var (level, hashes) = Hashes(new() { [name] = value });
            Assert.Equal(Simd.Best == SimdLevel.Scalar ? "scalar" : most, level);
            Assert.Equal(here, hashes);
        }

        (string Level, List<string> Hashes) Hashes(Dictionary<string, string> variables)
        {
            var file = folder.At("codec.json");
            var (exit, _, errors) = CommandLine.RunWith(variables, "bench", "codec", "--kib", "3", "--bits", "3", "8", "16", "--rounds", "1", "--json", file);
            Assert.True(exit == 0, errors);
            var report = JsonNode.Parse(File.ReadAllText(file))!;
            return ((string)report["simd"]!, [.. report["sizes"]!.AsArray().Select(s => (string)s!["sha256"]!)]);
        }
    }
}
