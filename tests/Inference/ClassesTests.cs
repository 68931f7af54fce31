using RlOffload.Inference;

namespace RlOffload.Tests.Inference;

public class ClassesTests
{
    [Fact]
    public void TheLargestNumberAndOfEqualsTheFirst()
    {
        Assert.Equal(2, Classes.Best([0, -1, 5, 5]));
        Assert.Equal(0, Classes.Best([-3]));
        Assert.Equal(-1, Classes.Best([]));
    }
}
