using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>
/// What a process that reads inputs is doing, in a file that another process maps too: it still tells which input was being read when the first one has died
/// or hangs.
/// </summary>
internal sealed class FuzzRecord : IDisposable
{
    private const int Bytes = 128;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public FuzzRecord(string path)
    {
        if (!File.Exists(path))
            File.WriteAllBytes(path, new byte[Bytes]);
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, Bytes);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Number of the input that is, or was last, being read.</summary>
    public long Index => _view.ReadInt64(0);

    /// <summary>For how long it has been read, s; 0 while none is.</summary>
    public double Running => _view.ReadInt64(8) is var since and > 0 ? Stopwatch.GetElapsedTime(since).TotalSeconds : 0;

    public FuzzTally Tally => new(_view.ReadInt64(16), _view.ReadInt64(24), _view.ReadInt64(32), _view.ReadInt64(40), _view.ReadInt64(48) * 1e3 / Stopwatch.Frequency,
        _view.ReadInt64(56), _view.ReadInt64(64), _view.ReadInt64(72), _view.ReadInt64(80) / (double)Stopwatch.Frequency);

    public void Clear()
    {
        for (var at = 0; at < Bytes; at += 8)
            _view.Write(at, 0L);
    }

    public void Begin(long index)
    {
        _view.Write(0, index);
        _view.Write(8, Stopwatch.GetTimestamp());
    }

    /// <param name="accepted">Null where it was neither accepted nor refused but brought a defect to light.</param>
    /// <param name="allocated">Bytes.</param>
    public void End(bool? accepted, long allocated)
    {
        var took = Stopwatch.GetTimestamp() - _view.ReadInt64(8);
        _view.Write(8, 0L);
        Add(16, 1);
        Add(accepted switch { true => 24, false => 32, null => 40 }, 1);
        Most(48, took);
        Most(64, allocated);
        Add(80, took);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private void Add(int at, long more) => _view.Write(at, _view.ReadInt64(at) + more);

    /// <summary>Keeps the larger one, and behind it which input that was.</summary>
    private void Most(int at, long value)
    {
        if (value <= _view.ReadInt64(at))
            return;
        _view.Write(at, value);
        _view.Write(at + 8, Index);
    }
}

/// <summary>Counts over inputs that were read.</summary>
/// <param name="SlowestMs">Of one input, with what else the machine did meanwhile.</param>
/// <param name="MostAllocated">Bytes by one input.</param>
/// <param name="Seconds">Of reading, all inputs together.</param>
public readonly record struct FuzzTally(
    long Inputs, long Accepted, long Refused, long Crashes, double SlowestMs, long Slowest, long MostAllocated, long Largest, double Seconds)
{
    public static FuzzTally operator +(FuzzTally a, FuzzTally b)
    {
        var (slower, larger) = (a.SlowestMs >= b.SlowestMs ? a : b, a.MostAllocated >= b.MostAllocated ? a : b);
        return new(a.Inputs + b.Inputs, a.Accepted + b.Accepted, a.Refused + b.Refused, a.Crashes + b.Crashes, slower.SlowestMs, slower.Slowest, larger.MostAllocated,
            larger.Largest, a.Seconds + b.Seconds);
    }
}
