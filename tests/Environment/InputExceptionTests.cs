using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class InputExceptionTests
{
    [Fact]
    public void AProblemNamesFileAndKey() =>
        Assert.Equal("a.yaml:train.steps: is -1, allowed is 1 or more", new InputException("a.yaml", "train.steps", "is -1, allowed is 1 or more").Message);
}
