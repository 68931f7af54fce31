using System.Numerics;
using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class LaneSumTests
{
    [Fact]
    public void TheOrderIsThatOfSixteenLanesHalvedWhateverTheVectors()
    {
        var row = Matrices.Noise(1, 64, 1).Row(0).ToArray();
        var sum = new LaneSum(stackalloc float[Matrix.Padding]);
        for (var j = 0; j < row.Length; j += Vector<float>.Count)
            sum.Add(j, new Vector<float>(row, j));

        var lanes = new float[16];
        for (var j = 0; j < row.Length; j++)
            lanes[j % 16] += row[j];
        while (lanes.Length > 1)
            lanes = [.. Enumerable.Range(0, lanes.Length / 2).Select(lane => lanes[lane] + lanes[lane + lanes.Length / 2])];
        Assert.Equal(lanes[0], sum.Total());
    }

    [Fact]
    public void OldLanesAreForgotten()
    {
        Span<float> lanes = stackalloc float[Matrix.Padding];
        lanes.Fill(3);
        Assert.Equal(0f, new LaneSum(lanes).Total());
    }
}
