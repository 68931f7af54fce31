using RlOffload.Training.Reports;

namespace RlOffload.Tests.Training.Reports;

public sealed class BraillePlotTests
{
    [Fact]
    public void ARisingLineRunsFromTheLowerLeftToTheUpperRight()
    {
        var plot = BraillePlot.Draw([([(0, 1), (100, 3)], false)], columns: 4, rows: 2, "decisions");
        // 8 x 8 dots: the diagonal, bit by bit as Unicode numbers them.
        Assert.Equal(["   3.000 ┤⠀⠀⡠⠊", "   1.000 ┤⡠⠊⠀⠀"], plot.Take(2));
        Assert.Matches("^ {10}0 +100 decisions$", plot[2]);
    }

    [Fact]
    public void ASparseLineIsItsPointsAndALevelOneHasHeight()
    {
        var sparse = BraillePlot.Draw([([(0, 0), (1, 1)], true)], 4, 2, "x");
        Assert.Equal("⠀⠀⠀⠈", sparse[0][^4..]);
        Assert.Equal("⡀⠀⠀⠀", sparse[1][^4..]);
        Assert.Equal(3, BraillePlot.Draw([([(0, 0.5), (1, 0.5)], false)], 4, 2, "x").Count);
    }

    [Fact]
    public void WhatHasNoWidthIsNotDrawn()
    {
        Assert.Empty(BraillePlot.Draw([([(0, 1)], false)], 4, 2, "x"));
        Assert.Empty(BraillePlot.Draw([([(0, double.NaN), (1, double.NaN)], false)], 4, 2, "x"));
    }
}
