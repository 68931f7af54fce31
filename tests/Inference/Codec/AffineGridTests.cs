using RlOffload.Inference.Codec;

namespace RlOffload.Tests.Inference.Codec;

public class AffineGridTests
{
    [Fact]
    public void TheRangeIsFoundAtEveryPlaceOfEveryLength()
    {
        for (var n = 2; n <= 70; n++)
            for (var at = 0; at < n; at++)
            {
                var x = new float[n];
                x[at] = -3;
                x[(at + 1) % n] = 5;
                Assert.True(AffineGrid.TryRange(x, out var low, out var high));
                Assert.Equal((-3, 5), (low, high));
            }
    }

    [Fact]
    public void TheStepDividesTheRangeIntoTheLevels()
    {
        Assert.True(AffineGrid.TryFit([-1, 2], 2, out var grid));
        Assert.Equal(new AffineGrid(-1, 1, 2), grid);
        Assert.Equal(3, grid.Levels);
    }

    [Fact]
    public void AnEmptyTensorHasAGridWithoutWidth()
    {
        Assert.True(AffineGrid.TryFit([], 4, out var grid));
        Assert.Equal(new AffineGrid(0, 0, 4), grid);
    }
}
