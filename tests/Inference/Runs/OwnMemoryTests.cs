using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class OwnMemoryTests
{
    [Fact]
    public void ItIsAPartOfTheResidentMemory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var own = OwnMemory.Of(System.Environment.ProcessId);
        Assert.NotNull(own);
        Assert.InRange(own.Value, 1 << 20, System.Environment.WorkingSet + (64L << 20));
    }

    [Fact]
    public void OfNoProcessNothingIsKnown() => Assert.Null(OwnMemory.Of(-1));
}
