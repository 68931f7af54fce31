using RlOffload.Environment;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CheckpointFile _file;
    private readonly List<string> _warnings = [];

    public CheckpointFileTests() => _file = new CheckpointFile(_folder.At("checkpoint.bin"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheTwoNewestAreKeptAndTheNewestIsRead()
    {
        Assert.False(_file.Exists);
        for (var i = 1; i <= 3; i++)
            Write(i);
        Assert.True(_file.Exists);
        Assert.Equal((3, 2), (_file.Read(Content), new CheckpointFile(_file.Previous).Read(Content)));
        Assert.Equal(2, Directory.GetFiles(_folder.Root).Length);
        Assert.Equal(3, _file.ReadWhole(Content, _warnings.Add));
        Assert.Empty(_warnings);
        _file.Delete();
        Assert.False(_file.Exists);
    }

    [Fact]
    public void ATornOrDamagedNewestOneIsSkippedWithAWarningThatNamesIt()
    {
        Write(1);
        Write(2);
        var whole = File.ReadAllBytes(_file.Newest);
        byte[][] damaged = [[], whole[..7], whole[..40], whole[..^1], [.. whole, 0], .. new[] { 0, 9, 41, whole.Length - 1 }.Select(i => Flip(whole, i))];
        var older = File.ReadAllBytes(_file.Previous);
        foreach (var bytes in damaged)
        {
            File.WriteAllBytes(_file.Newest, bytes);
            File.WriteAllBytes(_file.Previous, older);
            _warnings.Clear();
            var refused = Assert.Throws<InputException>(() => _file.Read(Content)).Message;
            Assert.Contains(_file.Newest, refused);
            Assert.Contains("--resume", refused);
            Assert.Equal(1, _file.ReadWhole(Content, _warnings.Add));
            var warning = Assert.Single(_warnings);
            Assert.StartsWith(_file.Newest + ":file: ", warning, StringComparison.Ordinal);
            Assert.EndsWith("going on from checkpoint.previous.bin, written before it", warning, StringComparison.Ordinal);
            Assert.Equal((1, false), (_file.Read(Content), File.Exists(_file.Previous))); // the next one pushes out a whole one, not the torn one
        }
        File.Move(_file.Newest, _file.Previous); // killed between the two renames
        Assert.Equal(1, _file.ReadWhole(Content, _warnings.Add));
    }

    [Fact]
    public void WhereNeitherIsWholeBothAreNamed()
    {
        Write(1);
        Write(2);
        File.WriteAllText(_file.Newest, "x");
        File.Delete(_file.Previous);
        var problems = Assert.Throws<InputException>(() => _file.ReadWhole(Content, _warnings.Add)).Problems;
        Assert.Equal([_file.Newest, _file.Previous], problems.Select(p => p.Split(":file:")[0]));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void WhateverStopsTheWritingLeavesWhatWasThere()
    {
        Write(1);
        Write(2);
        Assert.Throws<IOException>(() => _file.Write(_ => throw new IOException("the disk is full")));
        Assert.Equal((2, 1), (_file.Read(Content), new CheckpointFile(_file.Previous).Read(Content)));
        Write(3);
        Assert.Equal((3, 2), (_file.Read(Content), new CheckpointFile(_file.Previous).Read(Content)));
    }

    private void Write(int number) => _file.Write(w => w.Write(number));

    private static int Content(BinaryReader reader, string file)
    {
        var number = reader.ReadInt32();
        Assert.Equal(-1, reader.BaseStream.ReadByte());
        return number;
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        changed[at] ^= 0x10;
        return changed;
    }
}
