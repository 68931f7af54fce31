using RlOffload.Agents.Planners;

namespace RlOffload.Tests.Agents.Planners;

public sealed class TunedConstantsTests
{
    private static double[] Forbidden() => throw new InvalidOperationException("tuned again");

    [Fact]
    public void WithoutAFolderConstantsLiveAsLongAsTheObject()
    {
        var constants = new TunedConstants(null, "hash");
        Assert.Equal([1.5], constants.GetOrTune("a", _ => true, () => [1.5]));
        Assert.Equal([1.5], constants.GetOrTune("a", _ => true, () => throw new InvalidOperationException("tuned twice")));
        Assert.Empty(constants.Path);
    }

    [Fact]
    public void WhatWasTunedOnceIsReadBackExactly()
    {
        using var folder = new TemporaryFolder();
        double[] tuned = [Math.PI, 0, 1e-300];
        new TunedConstants(folder.Root, "hash").GetOrTune("x", _ => true, () => tuned);
        new TunedConstants(folder.Root, "hash").GetOrTune("y", _ => true, () => [2]);
        Assert.Equal(tuned, new TunedConstants(folder.Root, "hash").GetOrTune("x", _ => true, Forbidden));
        Assert.Single(Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void AnotherHashIsAnotherFile()
    {
        using var folder = new TemporaryFolder();
        new TunedConstants(folder.Root, "a").GetOrTune("x", _ => true, () => [1]);
        Assert.Equal([2], new TunedConstants(folder.Root, "b").GetOrTune("x", _ => true, () => [2]));
        Assert.Equal([1], new TunedConstants(folder.Root, "a").GetOrTune("x", _ => true, Forbidden));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"hash\":\"a\",\"constants\":{\"x\":[1,")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"hash\":\"another\",\"constants\":{\"x\":[1]}}")]
    [InlineData("{\"hash\":\"a\",\"constants\":{\"x\":null}}")]
    [InlineData("{\"hash\":\"a\",\"constants\":{\"x\":[\"NaN\"]}}")]
    public void ADamagedFileIsIgnoredAndReplaced(string damaged)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(new TunedConstants(folder.Root, "a").Path, damaged);
        Assert.Equal([7], new TunedConstants(folder.Root, "a").GetOrTune("x", _ => true, () => [7]));
        Assert.Equal([7], new TunedConstants(folder.Root, "a").GetOrTune("x", _ => true, Forbidden));
    }

    [Fact]
    public void WhereNothingCanBeWrittenTheConstantsLastAsLongAsTheObject()
    {
        using var folder = new TemporaryFolder();
        var constants = new TunedConstants(folder.Write("a-file", "taken"), "a");
        Assert.Equal([7], constants.GetOrTune("x", _ => true, () => [7]));
        Assert.Equal([7], constants.GetOrTune("x", _ => true, Forbidden));
    }
}
