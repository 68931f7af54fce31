using RlOffload.Environment;
using RlOffload.Inference.Profiling;
using RlOffload.Onnx;
using RlOffload.Tests.Onnx;

namespace RlOffload.Tests.Inference.Profiling;

public class ExitListTests
{
    [Fact]
    public void NumberedOutputsAreExitsByNumberAndOtherOutputsAreNone() =>
        Assert.Equal([["exit2"], ["exit10"]], Of("exit10,features,exit2", null));

    [Fact]
    public void WithoutNumbersAllOutputsAreOneExit() => Assert.Equal([["scores", "boxes"]], Of("scores,boxes", null));

    [Fact]
    public void StatedExitsComeInTheStatedOrder() => Assert.Equal([["boxes"], ["scores"]], Of("scores,boxes", ["boxes", "scores"]));

    [Theory]
    [InlineData("'depth' is no output, allowed are scores, boxes", "depth", "boxes")]
    [InlineData("names an output twice", "boxes", "boxes")]
    public void ExitsThatMakeNoSenseAreRefused(string reason, params string[] stated) =>
        Assert.Contains($"test.onnx:--exits: {reason}", Assert.Throws<InputException>(() => Of("scores,boxes", stated)).Message);

    private static IReadOnlyList<IReadOnlyList<string>> Of(string outputs, string[]? stated) =>
        ExitList.Of(new GraphView(Graphs.Make("x", outputs, "", [.. outputs.Split(',').Select(o => $"{o} = Relu x")])), stated);
}
