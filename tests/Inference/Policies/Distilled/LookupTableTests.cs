using RlOffload.Inference.Policies.Distilled;

namespace RlOffload.Tests.Inference.Policies.Distilled;

public sealed class LookupTableTests
{
    private static readonly LookupTable Table = new([new(1, [0, 10]), new(0, [5])]);

    [Theory]
    [InlineData(5, 0, 0)]
    [InlineData(6, 0, 1)]
    [InlineData(5, 0.1f, 2)]
    [InlineData(6, 10, 3)]
    [InlineData(5, 11, 4)]
    [InlineData(float.PositiveInfinity, float.NaN, 5)]
    public void CellsAreNumberedWithTheLastAxisClosest(float x0, float x1, int cell) => Assert.Equal(cell, Table.Find([x0, x1]));

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        using var memory = new MemoryStream();
        Table.Write(new BinaryWriter(memory));
        memory.Position = 0;
        var read = LookupTable.Read(new BinaryReader(memory), 2);
        Assert.Equal(6, read.Count);
        Assert.Equal(Table.Axes.SelectMany(a => a.Thresholds), read.Axes.SelectMany(a => a.Thresholds));
    }

    [Fact]
    public void ThresholdsMustRiseAndCellsMustFit()
    {
        Assert.Contains("axes[0].thresholds[1]", Assert.Throws<InvalidDataException>(() => new LookupTable([new(0, [1, 1])])).Message);
        var wide = new LookupTable.Axis(0, [.. Enumerable.Range(0, 255).Select(i => (float)i)]);
        Assert.Contains("cells", Assert.Throws<InvalidDataException>(() => new LookupTable([wide, wide, wide])).Message);
    }
}
