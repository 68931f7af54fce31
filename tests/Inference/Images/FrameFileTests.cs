using RlOffload.Environment;
using RlOffload.Inference.Images;

namespace RlOffload.Tests.Inference.Images;

public sealed class FrameFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FrameSet _set = FrameSet.Open(Repository.At("models/fashion-test-1000-images-idx3-ubyte.gz"), count: 600);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CancellingLeavesTheOldFilesAndNothingElse()
    {
        string path = At("a.idx"), labels = At("a-labels.idx");
        File.WriteAllText(path, "old");
        using var cancel = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => FrameFile.Write(_set, path, labels, new CancelAtOnce(cancel), cancel.Token));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void ATargetThatCannotBeWrittenIsRefusedAndNothingIsLeft()
    {
        var refused = Assert.Throws<InputException>(() => FrameFile.Write(_set, At("a.idx"), At("no/such/folder.idx")));
        Assert.StartsWith(At("no/such/folder.idx") + ":file:", refused.Problems[0]);
        Assert.Throws<InputException>(() => FrameFile.Write(_set, At("a.idx"), At("a.idx")));
        Assert.Empty(Directory.GetFiles(_folder.Root));
    }

    private string At(string name) => Path.Combine(_folder.Root, name);

    private sealed class CancelAtOnce(CancellationTokenSource cancel) : IProgress<int>
    {
        public void Report(int value) => cancel.Cancel();
    }
}
