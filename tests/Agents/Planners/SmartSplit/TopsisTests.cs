using RlOffload.Agents.Planners;

namespace RlOffload.Tests.Agents.Planners;

public sealed class TopsisTests
{
    /// <summary>
    /// Worked out by hand. Columns (3, 4, 0) and (0, 3, 4) have norm 5, so with weights of a half v is (0.3, 0), (0.4, 0.3), (0, 0.4); A+ = (0, 0), A- = (0.4, 0.4).
    /// d+ = 0.3, 0.5, 0.4 and d- = 0.4123, 0.1, 0.4: closeness 0.5788, 0.1667, 0.5.
    /// </summary>
    [Fact]
    public void TheHandWorkedExample() => Assert.Equal(0, Topsis.Choose([3, 0, 4, 3, 0, 4], [0.5, 0.5]));

    /// <summary>With weights 0.9 and 0.1, v is (0.54, 0), (0.72, 0.06), (0, 0.08): d+ 0.54, 0.7225, 0.08 and d- 0.1970, 0.02, 0.72; the third is closest by far.</summary>
    [Fact]
    public void WeightsTurnTheChoice() => Assert.Equal(2, Topsis.Choose([3, 0, 4, 3, 0, 4], [0.9, 0.1]));

    /// <summary>Three costs in the ratio 1 : 2 : 2 and its mirror images; the balanced fourth, (1.3, 1.3, 1.3), between them is nearest to the ideal.</summary>
    [Fact]
    public void ABalancedAlternativeBeatsThoseThatAreBestInOneOnly() =>
        Assert.Equal(3, Topsis.Choose([1, 2, 2, 2, 1, 2, 2, 2, 1, 1.3, 1.3, 1.3], [1 / 3.0, 1 / 3.0, 1 / 3.0]));

    [Fact]
    public void AnAlternativeThatIsBestInEverythingIsChosenAndEqualOnesAreTheFirst()
    {
        Assert.Equal(1, Topsis.Choose([2, 2, 1, 1, 3, 3], [0.5, 0.5]));
        Assert.Equal(0, Topsis.Choose([2, 2, 2, 2], [0.5, 0.5]));
        Assert.Equal(0, Topsis.Choose([0, 0], [0.5, 0.5]));
    }

    [Fact]
    public void WhereNothingIsANumberNothingIsChosen()
    {
        Assert.Equal(-1, Topsis.Choose([double.NaN, 1, double.NaN, 2], [0.5, 0.5]));
        Assert.Equal(-1, Topsis.Choose([], [0.5, 0.5]));
    }
}
