using RlOffload.Inference.Policies;
using RlOffload.Training.Benchmarks.Fuzz.Targets;

namespace RlOffload.Tests.Training.Benchmarks.Fuzz.Targets;

public sealed class FuzzPolicyTests
{
    [Fact]
    public void EveryFormReplaysItsGoldenVectorsAndTheGraphOfAllOperatorsIsKnown()
    {
        using var folder = new TemporaryFolder();
        using var network = new FuzzNetwork(folder.Root);
        var policy = new FuzzPolicy(network.Profile);
        foreach (var form in Enum.GetValues<PolicyForm>())
        {
            var described = policy.Describe(form);
            using var function = PolicyFunction.Open(policy.File(form), "policy", described, PolicyEngine.BuiltIn);
            Assert.Empty(GoldenReplay.Run(function, described.Golden).Problems);
        }
        using var every = PolicyFunction.Open(policy.EveryOperator(), "policy.onnx", policy.Describe(PolicyForm.Onnx), PolicyEngine.BuiltIn);
        Array.Fill(every.Mask, 1);
        every.Run();
        Assert.True(every.Best() >= 0);
    }
}
