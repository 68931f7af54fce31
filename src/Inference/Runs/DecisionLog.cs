using System.Collections.Concurrent;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Runs;

/// <summary>
/// Appends every decision to a file, in the order of outcomes: what was seen, what was planned and expected, what came of it. Written by a thread of
/// its own, so that the loop that decides never waits for a disk. Whatever is cut off while it is written is skipped by whoever reads the file and
/// cut away by whoever goes on with it. A file that reached its size becomes FILE.1, that one FILE.2, and so on; read by <see cref="DecisionLogFile"/>.
/// </summary>
public sealed class DecisionLog : IDisposable
{
    public const long DefaultPartBytes = 64L << 20;

    /// <summary>Older parts that are kept.</summary>
    public const int Parts = 8;

    private readonly BlockingCollection<Entry> _queue = [];
    private readonly ConcurrentBag<Entry> _free = [];
    private readonly MemoryStream _frame = new();
    private readonly BinaryWriter _writer;
    private readonly Dictionary<int, OffloadPlan> _told = [];
    private readonly Thread _thread;
    private readonly string _path;
    private readonly Func<int, int?> _label;
    private readonly long _partBytes, _began;
    private FileStream _file;
    private string? _policy;

    /// <param name="label">Class of an image where it is known.</param>
    /// <param name="partBytes">Size from which on a new file is begun.</param>
    /// <param name="time">For the date of the run; null: not told.</param>
    /// <exception cref="InputException">The file cannot be written, or is something else than a decision log.</exception>
    public DecisionLog(string path, Func<int, int?> label, long partBytes = DefaultPartBytes, TimeProvider? time = null)
    {
        (_path, _label, _partBytes, _began) = (path, label, partBytes, time?.GetUtcNow().ToUnixTimeMilliseconds() ?? 0);
        _writer = new BinaryWriter(_frame, Encoding.UTF8);
        try
        {
            _file = Open(path);
            Session(goesOn: false);
            _file.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            throw new InputException(path, "--log", $"cannot be written ({e.Message.TrimEnd('.')})");
        }
        _thread = new Thread(Loop) { IsBackground = true, Name = "decision log" };
        _thread.Start();
    }

    /// <summary>Why decisions are missing, such as a full disk; null where none is. Requests are answered all the same.</summary>
    public string? Problem { get; private set; }

    /// <summary>Takes over what it needs; the flight may be used again at once.</summary>
    public void Add(Flight flight)
    {
        if (!_free.TryTake(out var entry))
            entry = new Entry();
        entry.Record = FlightRecord.Of(flight);
        entry.Seen.CopyFrom(flight.Seen);
        _queue.Add(entry);
    }

    /// <summary>Writes what is left.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _writer.Dispose();
        _file.Dispose();
    }

    /// <summary>At the end of the last whole record; whatever follows it was cut off.</summary>
    private static FileStream Open(string path)
    {
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (file.Length > 0)
                file.SetLength(DecisionLogFile.WholeBytes(path, file));
            if (file.Length == 0)
            {
                Span<byte> header = stackalloc byte[DecisionBytes.HeaderBytes];
                DecisionBytes.WriteHeader(header);
                file.Write(header);
            }
            file.Seek(0, SeekOrigin.End);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void Loop()
    {
        foreach (var entry in _queue.GetConsumingEnumerable())
        {
            try
            {
                if (_file.Position >= _partBytes)
                    Rotate();
                Plan(entry.Record.PlanIndex, entry.Record.Plan);
                Policy(entry.Record.Policy);
                DecisionBytes.Write(Begin(), entry.Record, _label(entry.Record.Image) ?? -1, entry.Seen);
                End();
                if (_queue.Count == 0)
                    _file.Flush();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Problem = e.Message;
            }
            _free.Add(entry);
        }
    }

    private void Rotate()
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        for (var part = Parts; part > 0; part--)
            if (DecisionLogFile.PartOf(_path, part - 1) is var from && File.Exists(from))
                File.Move(from, DecisionLogFile.PartOf(_path, part), overwrite: true);
        _file = Open(_path);
        _told.Clear();
        _policy = null;
        Session(goesOn: true);
    }

    private void Session(bool goesOn)
    {
        var body = Begin();
        body.Write(DecisionBytes.Session);
        body.Write(goesOn);
        body.Write(_began);
        End();
    }

    /// <summary>A plan is told before the first decision that chose it.</summary>
    private void Plan(int index, OffloadPlan plan)
    {
        if (_told.TryGetValue(index, out var told) && told == plan)
            return;
        var body = Begin();
        body.Write(DecisionBytes.Plan);
        body.Write(index);
        body.Write((byte)plan.Kind);
        foreach (var number in (ReadOnlySpan<int>)[plan.Exit, plan.Cut, plan.Bits])
            body.Write(number);
        body.Write(plan.Probe);
        body.Write(plan.ToString());
        End();
        _told[index] = plan;
    }

    /// <summary>Who decided is told before the first decision, and again where the next one was another's: after a swap those under way are still the old one's.</summary>
    private void Policy(string? hash)
    {
        if (hash == _policy || hash is null)
            return;
        var body = Begin();
        body.Write(DecisionBytes.Policy);
        body.Write(hash);
        End();
        _policy = hash;
    }

    private BinaryWriter Begin()
    {
        _frame.SetLength(0);
        _frame.Position = DecisionBytes.FrameBytes;
        return _writer;
    }

    private void End()
    {
        _writer.Flush();
        var frame = _frame.GetBuffer().AsSpan(0, (int)_frame.Length);
        DecisionBytes.Seal(frame);
        _file.Write(frame);
    }

    private sealed class Entry
    {
        public FlightRecord Record;
        public Observation Seen { get; } = new();
    }
}
