using RlOffload.Agents.Engine.Kernels;

namespace RlOffload.Agents.Engine;

/// <summary>
/// Threads that go through the kernels in lockstep, each computing its share of the rows. They spin while a run lasts, because a kernel takes a few
/// microseconds, and sleep between runs.
/// </summary>
internal sealed class Crew : IDisposable
{
    /// <summary>Below so much work a kernel is done by the first thread alone: handing it over would take longer.</summary>
    private const long SharedWork = 16_384;

    private readonly Kernel[] _kernels;
    private readonly int _threads;
    private readonly Thread[] _others;
    private readonly Barrier _start;
    private int _arrived;
    private int _phase;
    private volatile bool _over;

    public Crew(Kernel[] kernels, int threads)
    {
        (_kernels, _threads) = (kernels, threads);
        _start = new Barrier(threads);
        _others = [.. Enumerable.Range(1, threads - 1).Select(t => new Thread(() => Follow(t)) { IsBackground = true, Name = $"engine {t}" })];
        foreach (var thread in _others)
            thread.Start();
    }

    public void Run()
    {
        _start.SignalAndWait();
        Pass(0);
    }

    public void Dispose()
    {
        _over = true;
        _start.SignalAndWait();
        foreach (var thread in _others)
            thread.Join();
        _start.Dispose();
    }

    private void Follow(int thread)
    {
        while (true)
        {
            _start.SignalAndWait();
            if (_over)
                return;
            Pass(thread);
        }
    }

    private void Pass(int thread)
    {
        for (var k = 0; k < _kernels.Length; k++)
        {
            var kernel = _kernels[k];
            if (kernel.Work >= SharedWork)
                kernel.Run((int)((long)kernel.Parts * thread / _threads), (int)((long)kernel.Parts * (thread + 1) / _threads), thread);
            else if (thread == 0)
                kernel.Run(0, kernel.Parts, 0);
            // What the first thread does alone, one after the other, needs no meeting in between.
            if (kernel.Work >= SharedWork || k + 1 == _kernels.Length || _kernels[k + 1].Work >= SharedWork)
                Meet();
        }
    }

    private void Meet()
    {
        var phase = Volatile.Read(ref _phase);
        if (Interlocked.Increment(ref _arrived) == _threads)
        {
            Volatile.Write(ref _arrived, 0);
            Volatile.Write(ref _phase, phase + 1);
            return;
        }
        var wait = new SpinWait();
        while (Volatile.Read(ref _phase) == phase)
            wait.SpinOnce(sleep1Threshold: -1);
    }
}
