using RlOffload.Agents.Planners;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Agents.Planners;

public sealed class LayerRegressionTests
{
    /// <summary>
    /// A chain of convolutions, activations and matrix products whose times follow the regression's own form, with a branch behind the second node that only
    /// exit 1 needs. Names of tensors are those of the test world's cuts.
    /// </summary>
    internal static ModelProfile Layered()
    {
        static CutTensor Tensor(string name, long elements, params long[] shape) => new(name, elements, 4 * elements, Shape: shape);
        static double Conv(double written, double channels) => 0.1 + 1e-6 * written * channels;
        static double Product(double read, double written) => 0.2 + 1e-5 * read * written;
        CutTensor a = Tensor("a", 8_000, 1, 8, 10, 100), b = Tensor("b", 2_000, 1, 20, 10, 10), exit1 = Tensor("exit1", 10, 1, 10);
        CutTensor exit2 = Tensor("exit2", 10, 1, 10), hidden = Tensor("hidden", 100, 1, 100), exit3 = Tensor("exit3", 10, 1, 10);
        return TestWorld.Profile with
        {
            Nodes =
            [
                new("conv1", "Conv", Conv(8_000, 3), a.Bytes, ["frame"], [a]),
                new("fc1", "Gemm", Product(8_000, 10), exit1.Bytes, ["a"], [exit1]),
                new("conv2", "Conv", Conv(2_000, 8), b.Bytes, ["a"], [b]),
                new("fc2", "Gemm", Product(2_000, 10), exit2.Bytes, ["b"], [exit2]),
                new("fc3", "Gemm", Product(2_000, 100), hidden.Bytes, ["b"], [hidden]),
                new("fc4", "Gemm", Product(100, 10), exit3.Bytes, ["hidden"], [exit3]),
            ],
        };
    }

    [Fact]
    public void TimesOfTheRegressionsFormAreExact()
    {
        var profile = Layered();
        Assert.All(LayerRegression.Predict(profile).Zip(profile.Nodes), pair => Assert.Equal(pair.Second.Ms, pair.First, 9));
    }

    [Fact]
    public void WhereChannelsAreUnknownConvolutionsAreRegressedOnElements()
    {
        var profile = Layered();
        var shapeless = profile with
        {
            Model = profile.Model with { Shape = [1] },
            Nodes = [.. profile.Nodes.Select(n => n with { Outputs = [.. n.Outputs.Select(o => o with { Shape = null })] })],
        };
        Assert.All(LayerRegression.Predict(shapeless), ms => Assert.InRange(ms, 0, 100));
    }

    [Fact]
    public void TheErrorOfAnOperatorIsTheMeanOfItsLayersRelativeErrors()
    {
        var profile = Layered();
        Assert.All(LayerRegression.Errors(profile), e => Assert.Equal(0, e.Value, 9));
        // Two activations that read and write alike take 1 and 3 ms: the regression says 2 ms for both, off by 100 % and by a third.
        var frame = profile.Nodes[0] with { Op = "Relu", Ms = 1 };
        var errors = LayerRegression.Errors(profile with { Nodes = [frame, frame with { Name = "again", Ms = 3 }] });
        Assert.Equal((1 + 1 / 3.0) / 2, Assert.Single(errors).Value, 9);
        Assert.Equal("Relu", errors.Keys.Single());
    }

    [Fact]
    public void TheShippedNetworksErrorsAreKnownByOperator()
    {
        var errors = LayerRegression.Errors(ProfileFile.Read(Repository.At("models/fashion_frames.profile.json")));
        Assert.Equal(["Conv", "Flatten", "Gemm", "MaxPool", "Relu"], errors.Keys);
        // Convolutions differ in how well they use the machine, which no count of their numbers says.
        Assert.InRange(errors["Conv"], 0.01, 1);
        Assert.Equal(0, errors["Flatten"], 9);
    }
}
