using RlOffload.Inference.Images;

namespace RlOffload.Tests.Inference.Images;

public sealed class IdxWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnAbandonedWriterLeavesTheOldFileWholeAndNothingElse()
    {
        var path = Path.Combine(_folder.Root, "a.idx");
        File.WriteAllText(path, "old");

        using (var writer = new IdxWriter(path, 2, 4))
            writer.Write([1, 2, 3, 4]);

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void AFileThatLacksRecordsIsNotCommitted()
    {
        var path = Path.Combine(_folder.Root, "a.idx");
        using (var writer = new IdxWriter(path, 2, 4))
        {
            writer.Write([1, 2, 3, 4]);
            Assert.Throws<InvalidOperationException>(writer.Commit);
        }
        Assert.Empty(Directory.GetFiles(_folder.Root));
    }
}
