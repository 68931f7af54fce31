using RlOffload.Inference.Policies.Distilled;
using Node = RlOffload.Inference.Policies.Distilled.DecisionTree.Node;

namespace RlOffload.Tests.Inference.Policies.Distilled;

public sealed class DecisionTreeTests
{
    /// <summary>x0 at most 1: leaf 0; else x1 at most -2: leaf 1, else leaf 2.</summary>
    private static readonly DecisionTree Tree = new([new(0, 1, ~0, 1), new(1, -2, ~1, ~2)]);

    [Theory]
    [InlineData(1, 5, 0)]
    [InlineData(1.1f, -2, 1)]
    [InlineData(1.1f, -1.9f, 2)]
    [InlineData(float.NaN, float.NaN, 2)]
    public void AThresholdBelongsToTheSideBelow(float x0, float x1, int leaf) => Assert.Equal(leaf, Tree.Find([x0, x1]));

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        using var memory = new MemoryStream();
        Tree.Write(new BinaryWriter(memory));
        memory.Position = 0;
        Assert.Equal(Tree.Nodes, DecisionTree.Read(new BinaryReader(memory), 2).Nodes);
        memory.Position = 0;
        Assert.Contains("allowed is an entry of 0 to 0", Assert.Throws<InvalidDataException>(() => DecisionTree.Read(new BinaryReader(memory), 1)).Message);
    }

    [Fact]
    public void ATreeThatLoopsOrLosesALeafIsRefused()
    {
        Assert.Throws<InvalidDataException>(() => new DecisionTree([new Node(0, 1, 0, ~0)]));
        Assert.Throws<InvalidDataException>(() => new DecisionTree([new Node(0, 1, ~0, ~0)]));
        Assert.Throws<InvalidDataException>(() => new DecisionTree([new Node(0, 1, ~0, ~2)]));
        Assert.Equal(0, new DecisionTree([]).Find([7]));
    }
}
