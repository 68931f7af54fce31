using System.Runtime.InteropServices;
using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Serving;

public sealed class BatchedTailTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PartitionSet _partitions;
    private readonly TensorStore _store;

    public BatchedTailTests()
    {
        var network = new TestNetwork(_folder);
        _partitions = new PartitionSet(network.ModelPath, network.Profile);
        _store = new TensorStore(_partitions);
    }

    public void Dispose()
    {
        _store.Dispose();
        _partitions.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public void EveryRowHasTheNumbersThatTheTailGivesAlone(int exit, int cut)
    {
        using var tail = BatchedTail.TryOpen(_partitions, exit, cut, 6, 1e-5, out var why);
        Assert.True(tail is not null, why);
        using var rows = new BatchRows(tail, 6);
        var rng = new Rng(9);
        for (var count = 1; count <= 6; count++)
        {
            var alone = new List<float[]>();
            for (var row = 0; row < count; row++)
            {
                foreach (ref var number in MemoryMarshal.Cast<byte, float>(_store.Cut(cut)[0].Bytes))
                    number = (float)rng.NextGaussian();
                rows.Put(row, _store);
                _store.RunTail(exit, cut);
                alone.Add(_store.Answer(exit)[0].Floats.ToArray());
            }
            rows.Run(count);
            for (var row = 0; row < count; row++)
            {
                var together = MemoryMarshal.Cast<byte, float>(rows.Row(exit == 0 ? "exit1" : "exit2", row)).ToArray();
                Assert.All(alone[row].Zip(together), p => Assert.Equal(p.First, p.Second, 1e-5f));
            }
        }
    }

    [Fact]
    public void ATailThatFixesItsRowsIsComputedAlone()
    {
        var network = new TestNetwork(_folder, flattens: false);
        using var partitions = new PartitionSet(network.ModelPath, network.Profile);
        Assert.Null(BatchedTail.TryOpen(partitions, 1, 2, 4, 1e-5, out var why));
        Assert.NotEmpty(why);
    }
}
