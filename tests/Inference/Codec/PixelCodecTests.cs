using System.Runtime.InteropServices;
using RlOffload.Inference.Codec;

namespace RlOffload.Tests.Inference.Codec;

public sealed class PixelCodecTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryChannelIsScaledByItsOwnMeanAndDeviation()
    {
        var profile = new TestNetwork(_folder).Profile;
        var codec = new PixelCodec(profile);
        Assert.Equal(TestNetwork.FrameBytes, codec.ImageBytes);
        var pixels = TestNetwork.Frame(0);
        var input = new byte[4 * pixels.Length];
        codec.Fill(pixels, input);
        var scale = profile.Model.Pixels!;
        var numbers = MemoryMarshal.Cast<byte, float>(input);
        for (var i = 0; i < pixels.Length; i++)
            Assert.Equal((float)((pixels[i] * scale.Scale - scale.Mean[i / 256]) / scale.Std[i / 256]), numbers[i]);
    }

    [Fact]
    public void DeflatedPixelsComeBackAndAnythingElseIsRefused()
    {
        byte[] pixels = [.. Enumerable.Range(0, 768).Select(i => (byte)(i / 50))];
        var packed = PixelCodec.Deflate(pixels);
        Assert.True(packed.Length < 100);
        var back = new byte[768];
        Assert.True(PixelCodec.TryInflate([0, .. packed], 1, packed.Length, back));
        Assert.Equal(pixels, back);
        Assert.False(PixelCodec.TryInflate(packed, 0, packed.Length, new byte[767]));
        Assert.False(PixelCodec.TryInflate(packed, 0, packed.Length, new byte[769]));
        Assert.False(PixelCodec.TryInflate(packed, 0, packed.Length / 2, back));
        Assert.False(PixelCodec.TryInflate([.. Enumerable.Repeat((byte)0xFF, 50)], 0, 50, back));
    }
}
