using Google.Protobuf;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;

namespace RlOffload.Tests.Onnx;

public sealed class WireScanTests
{
    [Fact]
    public void AFileOfManyEmptyNodesIsRefusedBeforeTheyAreMade()
    {
        // Two bytes a node: 6 MB would become more than a gigabyte.
        var nodes = new byte[6 << 20];
        for (var i = 0; i < nodes.Length; i += 2)
            nodes[i] = 1 << 3 | 2;
        byte[] file = [8, 8, 7 << 3 | 2, .. Varint(nodes.Length), .. nodes];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<InvalidDataException>(() => OnnxModel.Parse(file, "m.onnx"));
        Assert.Contains($"m.onnx:file: holds more than {WireScan.MostObjects} messages and texts", refusal.Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);

        static byte[] Varint(int value)
        {
            using var memory = new MemoryStream();
            using (var stream = new CodedOutputStream(memory))
                stream.WriteUInt32((uint)value);
            return memory.ToArray();
        }
    }

    [Fact]
    public void WhatIsMalformedIsLeftToTheParser()
    {
        foreach (var bytes in (byte[][])[[], [255], [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], [58, 200], [7], [.. Graphs.Make("x", "y", "", "y = Relu x").ToBytes()[..20]]])
            WireScan.Check(bytes, "m");
    }

    [Fact]
    public void ANumberThatRunsOverTheEndIsNoModel()
    {
        var model = Graphs.Make("x", "y", "w", "y = Add x,w").Proto;
        foreach (var tail in (byte[][])[[66, 1, 16], [66, 2, 16, 255], [66, 1, 255]])
            Assert.Throws<InvalidDataException>(() => OnnxModel.Parse([.. model.ToByteArray(), .. tail], "m"));
    }
}
