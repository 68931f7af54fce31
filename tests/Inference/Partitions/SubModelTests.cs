using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Tests.Onnx;

namespace RlOffload.Tests.Inference.Partitions;

public class SubModelTests
{
    [Fact]
    public void AnOperatorThatOnnxRuntimeLacksIsRefusedByName()
    {
        var refusal = Assert.Throws<InputException>(() => new SubModel(Graphs.Make("x", "y", "", "y = Frobnicate x")));

        Assert.StartsWith("test.onnx:graph: ONNX Runtime refuses the model", refusal.Message);
        Assert.Contains("Frobnicate", refusal.Message);
    }
}
