using RlOffload.Inference.Profiling;
using RlOffload.Onnx;

namespace RlOffload.Tests.Inference.Profiling;

public class CutSelectionTests
{
    [Fact]
    public void AllCutsAreKeptWhereThereIsRoom()
    {
        var cuts = Chain(10, _ => 1);

        Assert.Same(cuts, CutSelection.Choose(cuts, Bytes, 10));
    }

    [Fact]
    public void TheInputAndTheExitsAreKeptEvenIfMoreThanAllowed() =>
        Assert.Equal([0, 9], CutSelection.Choose(Chain(10, _ => 1), Bytes, 1).Select(c => c.Depth));

    [Fact]
    public void SingleTensorsComeFirstThenFewerBytesSpreadOverTheDepth()
    {
        // Depths 1..8; 3 and 7 are crossed by one tensor, all others by two.
        var cuts = Chain(10, depth => depth is 3 or 7 ? 1 : 2);

        Assert.Equal([0, 3, 7, 9], CutSelection.Choose(cuts, Bytes, 4).Select(c => c.Depth));
    }

    [Fact]
    public void EachBandOfTheDepthGivesItsSmallest()
    {
        var cuts = Chain(42, _ => 1);

        var chosen = CutSelection.Choose(cuts, c => c.Depth % 10 == 7 ? 1 : 100, 6).Select(c => c.Depth);

        Assert.Equal([0, 7, 17, 27, 37, 41], chosen);
    }

    [Fact]
    public void AnyFirstCutsInTheSpreadOrderCoverTheDepth()
    {
        var order = CutSelection.Spread(Chain(10, _ => 1)).ToList();

        Assert.Equal([0, 9, 1, 5, 3, 7, 2, 6, 4, 8], order.Select(c => c.Cut.Depth));
        Assert.All(order, c => Assert.Equal(c.Cut.Depth, c.Index));
    }

    private static long Bytes(Cut cut) => 100 - cut.Depth;

    private static IReadOnlyList<Cut> Chain(int count, Func<int, int> tensors) =>
    [
        .. Enumerable.Range(0, count).Select(d => new Cut(
            d, $"n{d}", [.. Enumerable.Range(0, tensors(d)).Select(t => $"t{d}.{t}")], d < count - 1 ? [0] : [], d < count - 1 ? [] : [0])),
    ];
}
