using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatStoodThereIsReplacedAndNothingElseIsLeft()
    {
        var path = _folder.Write("report.json", "an older and longer report");
        WholeFile.Write(path, "new"u8);
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void AWriteThatFailsLeavesTheOldFileWhole()
    {
        var path = _folder.Write("report.json", "old");
        Directory.CreateDirectory(path + ".partial");
        Assert.ThrowsAny<Exception>(() => WholeFile.Write(path, "new"u8));
        Assert.Equal("old", File.ReadAllText(path));
    }
}
