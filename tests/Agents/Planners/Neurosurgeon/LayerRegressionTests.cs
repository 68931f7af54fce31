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
}
