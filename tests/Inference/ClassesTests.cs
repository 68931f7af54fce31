using RlOffload.Inference;

namespace RlOffload.Tests.Inference;

public class ClassesTests
{
    [Fact]
    public void TheLargestNumberAndOfEqualsTheFirst()
    {
        Assert.Equal(2, Classes.Best([0, -1, 5, 5]));
        Assert.Equal(0, Classes.Best([-3]));
        Assert.Equal(-1, Classes.Best([]));
    }

    [Fact]
    public void CertaintyIsTheLargestSoftmaxValueAndItsEntropy()
    {
        var (confidence, entropy) = Classes.Certainty([0, MathF.Log(3), 0, 0, 0]); // 1/7, 3/7, 1/7, 1/7, 1/7
        Assert.Equal(3 / 7.0, confidence, 6);
        Assert.Equal(-(3 / 7.0 * Math.Log(3 / 7.0) + 4 / 7.0 * Math.Log(1 / 7.0)), entropy, 6);
        Assert.Equal(1, Classes.Certainty([1e4f, 0]).Confidence);
        Assert.Equal(0, Classes.Certainty([1e4f, 0]).Entropy);
    }
}
