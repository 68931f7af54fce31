using RlOffload.Training.Benchmarks.Fuzz;

namespace RlOffload.Tests.Training.Benchmarks.Fuzz;

public sealed class FuzzFindingTests
{
    [Fact]
    public void TheSameDefectHasTheSameSignatureWhateverItsMessage()
    {
        var (one, two) = (Thrown("a"), Thrown("b"));
        Assert.NotEqual(one.What, two.What);
        Assert.Equal(one.Signature, two.Signature);
        Assert.NotEqual(one.Signature, (two with { Target = "other" }).Signature);
        Assert.Contains("FuzzFindingTests", one.Where);
    }

    [Fact]
    public void AnExceptionThatTellsOfAnotherIsFoundAtTheOthersPlace()
    {
        var finding = FuzzFinding.Of("t", 1, new InvalidOperationException("outer", new ArgumentException("inner")));
        Assert.Equal("InvalidOperationException: outer: ArgumentException: inner", finding.What);
    }

    private static FuzzFinding Thrown(string message)
    {
        try
        {
            throw new ArgumentException(message);
        }
        catch (ArgumentException e)
        {
            return FuzzFinding.Of("t", 1, e);
        }
    }
}
