using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;

namespace RlOffload.Tests.Inference.Partitions;

public sealed class TensorStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;
    private readonly PartitionSet _partitions;
    private readonly TensorStore _store;

    public TensorStoreTests()
    {
        _network = new TestNetwork(_folder);
        _partitions = new PartitionSet(_network.ModelPath, _network.Profile);
        _store = new TensorStore(_partitions);
        new PixelCodec(_network.Profile).Fill(TestNetwork.Frame(1), _store.Input.Bytes);
    }

    public void Dispose()
    {
        _store.Dispose();
        _partitions.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public void HeadThenTailIsTheWhole(int exit, int cut)
    {
        _store.RunWhole(exit);
        var whole = _store.Answer(exit)[0].Floats.ToArray();
        Assert.True(whole.Distinct().Count() > 1);
        _store.Answer(exit)[0].Bytes.Clear();
        _store.RunHead(cut);
        _store.RunTail(exit, cut);
        Assert.Equal(whole.Length, _store.Answer(exit)[0].Floats.Length);
        Assert.All(whole.Zip(_store.Answer(exit)[0].Floats.ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    [Fact]
    public void TheTailFromTheInputIsTheWholeAndItsHeadIsNothing()
    {
        _store.RunWhole(1);
        var whole = _store.Answer(1)[0].Floats.ToArray();
        _store.Answer(1)[0].Bytes.Clear();
        _store.RunHead(0);
        _store.RunTail(1, 0);
        Assert.Equal(whole, _store.Answer(1)[0].Floats.ToArray());
    }

    [Fact]
    public void PartsAreOpenedOnceAndShared()
    {
        using var other = new TensorStore(_partitions);
        _store.RunHead(1);
        other.RunHead(1);
        _store.RunHead(1);
        Assert.Equal(1, _partitions.Opened);
    }
}
