using System.Text;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Onnx.Proto;
using RlOffload.Tests.Onnx;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Tests.Training.Benchmarks.Fuzz.Mutations;

public sealed class MutatorTests
{
    private static readonly byte[] Json = Encoding.UTF8.GetBytes("""{"name": "x", "numbers": [1, 2.5, -3], "inner": {"flag": true, "text": "a longer text"}}""");

    private static readonly byte[] Model = Graphs.Make("x", "y", "w", "a = Add x,w", "y = Relu a").ToBytes();

    [Theory]
    [InlineData(InputShape.Binary)]
    [InlineData(InputShape.Text)]
    [InlineData(InputShape.Protobuf)]
    public void InputsAreManyBoundedAndTheSameForTheSameDraws(object shape)
    {
        var mutator = new Mutator((InputShape)shape, [Json, Model, []]);
        var (rng, again) = (new Rng(1), new Rng(1));
        var inputs = new HashSet<string>();
        for (var i = 0; i < 2000; i++)
        {
            var input = mutator.Make(ref rng);
            Assert.InRange(input.Length, 0, ByteEdits.MostBytes);
            Assert.Equal(input, mutator.Make(ref again));
            inputs.Add(Convert.ToHexString(input));
        }
        Assert.InRange(inputs.Count, 1000, 2000);
    }

    [Fact]
    public void ManyTextsStayReadable() => Assert.InRange(Readable(InputShape.Text, Json, b => JsonDocument.Parse(b)), 0.07, 0.9);

    [Fact]
    public void ManyProtobufsStayReadable() => Assert.InRange(Readable(InputShape.Protobuf, Model, b => ModelProto.Parser.ParseFrom(b)), 0.4, 0.97);

    private static double Readable(InputShape shape, byte[] seed, Action<byte[]> read)
    {
        var mutator = new Mutator(shape, [seed]);
        var rng = new Rng(2);
        var good = 0;
        for (var i = 0; i < 1000; i++)
            try
            {
                read(mutator.Make(ref rng));
                good++;
            }
            catch (Exception e) when (e is JsonException or Google.Protobuf.InvalidProtocolBufferException or IndexOutOfRangeException)
            {
                // Not readable any more.
            }
        return good / 1000.0;
    }
}
