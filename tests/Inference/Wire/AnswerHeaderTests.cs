using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Wire;

public class AnswerHeaderTests
{
    [Fact]
    public void TheBytesAreGoldenAndReadBack()
    {
        var sample = new AnswerHeader(4, 1, 8, 0.000258, 0.017, 0x04030201);
        var bytes = new byte[AnswerHeader.Size + 8];
        sample.Write(bytes);
        Assert.Equal("524C4F41" + "02040100" + "08000000" + "02010000" + "68420000" + "00000000" + "01020304" + "00000000", Convert.ToHexString(bytes[..32]));
        Checksum.Seal(bytes);
        var back = AnswerHeader.Read(bytes, out var problem);
        Assert.Null(problem);
        Assert.Equal(0.000258, back.WaitedSeconds, 1e-9);
        Assert.Equal(0.017, back.ComputedSeconds, 1e-9);
        Assert.Equal(sample.Request, back.Request);
        Assert.Equal(0, back.ReceivedSeconds);
    }

    [Fact]
    public void HowLongTheMessageTookToComeInIsOneByte()
    {
        var bytes = new byte[AnswerHeader.Size];
        new AnswerHeader(4, 1, 0, 0.000258, 0.017, 0x04030201, Waiting: 3, Busy: 1, ReceivedSeconds: 0.25).Write(bytes);
        Assert.Equal("524C4F41" + "02040196" + "00000000" + "02010000" + "68420000" + "0300FFFF" + "01020304" + "00000000", Convert.ToHexString(bytes));
        Checksum.Seal(bytes);
        Assert.Equal(0.25, AnswerHeader.Read(bytes, out _).ReceivedSeconds, 0.007);
    }

    [Fact]
    public void AnAnswerOfAnotherLengthVersionOrMagicIsRefused()
    {
        var bytes = new byte[AnswerHeader.Size + 8];
        new AnswerHeader(4, 1, 8, 0, 0, 1).Write(bytes);
        Problem(bytes, "checksum");
        Checksum.Seal(bytes);
        Problem(bytes[..35], "payload");
        Problem(bytes[..20], "length");
        bytes[4] = 9;
        Problem(bytes, "version");
        bytes[0] = 0;
        Problem(bytes, "magic");
    }

    private static void Problem(byte[] bytes, string start)
    {
        AnswerHeader.Read(bytes, out var problem);
        Assert.StartsWith(start, problem!, StringComparison.Ordinal);
    }
}
