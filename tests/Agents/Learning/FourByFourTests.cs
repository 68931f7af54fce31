using System.Runtime.Intrinsics;
using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed unsafe class FourByFourTests
{
    [Fact]
    public void RowsBecomeColumns()
    {
        const int Step = 7;
        var to = stackalloc float[4 * Step];
        FourByFour.Turn(
            Vector128.Create(0f, 1, 2, 3), Vector128.Create(10f, 11, 12, 13), Vector128.Create(20f, 21, 22, 23), Vector128.Create(30f, 31, 32, 33), to, Step);
        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 4; column++)
                Assert.Equal(10 * row + column, to[column * Step + row]);
    }
}
