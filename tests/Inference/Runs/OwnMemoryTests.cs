using System.Runtime.InteropServices;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class OwnMemoryTests
{
    [Fact]
    public void ItIsAPartOfTheResidentMemory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var own = OwnMemory.Of(System.Environment.ProcessId);
        Assert.NotNull(own);
        Assert.InRange(own.Value, 1 << 20, System.Environment.WorkingSet + (64L << 20));
    }

    [Fact]
    public unsafe void WhatWasFreedGoesBack()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Small enough to stay in the heap, and many, with one behind them that stays.
        const int count = 2000, bytes = 16 << 10;
        var blocks = new nint[count];
        for (var i = 0; i < count; i++)
        {
            blocks[i] = (nint)NativeMemory.Alloc(bytes);
            new Span<byte>((void*)blocks[i], bytes).Fill(1);
        }
        for (var i = 0; i < count - 1; i++)
            NativeMemory.Free((void*)blocks[i]);
        var before = OwnMemory.Of(System.Environment.ProcessId)!.Value;
        OwnMemory.Trim();
        // Tests beside this one allocate too.
        Assert.True(OwnMemory.Of(System.Environment.ProcessId)!.Value < before - count * bytes / 4, $"{before}");
        NativeMemory.Free((void*)blocks[count - 1]);
    }

    [Fact]
    public void OfNoProcessNothingIsKnown() => Assert.Null(OwnMemory.Of(-1));
}
