using System.Buffers;
using System.Collections.Concurrent;
using RlOffload.Environment;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving;

/// <summary>A thread that takes jobs from the queue, unpacks them, runs their tail and writes the answers, one after the other or equal tails together.</summary>
internal sealed class TailWorker : IDisposable
{
    private readonly FairQueue _queue;
    private readonly ServerOptions _options;
    private readonly LoadMeter _load;
    private readonly ConcurrentDictionary<ServedModel, TailBench> _benches = new();
    private readonly Job[] _jobs;
    private readonly Thread _thread;

    public TailWorker(int number, FairQueue queue, ServerOptions options, LoadMeter load)
    {
        (_queue, _options, _load, _jobs) = (queue, options, load, new Job[options.Batch]);
        _thread = new Thread(Run) { IsBackground = true, Name = $"tails {number}" };
    }

    public void Start() => _thread.Start();

    /// <summary>Before the first message of the model: runs a tail once, so that this message finds it warm.</summary>
    public void Prepare(ServedModel model, int exit, int cut) => Bench(model).Prepare(exit, cut);

    /// <summary>After the last message of the model.</summary>
    public void Forget(ServedModel model)
    {
        if (_benches.TryRemove(model, out var bench))
            bench.Dispose();
    }

    /// <summary>After the queue was closed: waits for the last job.</summary>
    public void Dispose()
    {
        if (_thread.IsAlive)
            _thread.Join();
        foreach (var bench in _benches.Values)
            bench.Dispose();
    }

    private void Run()
    {
        for (int count; (count = _queue.Take(_jobs, Together, _options.BatchDelay)) > 0; Array.Clear(_jobs))
        {
            var begun = TimeProvider.System.GetTimestamp();
            var left = Discard(count, begun);
            if (left == 0)
                continue;
            Serve(_jobs.AsSpan(0, left), begun);
            var seconds = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
            _load.Add(seconds);
            _jobs[0].Model!.Pace.Add(_jobs[0].Header.Exit, _jobs[0].Header.Cut, seconds);
            for (var i = 0; i < left; i++)
                if (_jobs[i].Refusal is null)
                    WriteAnswer(_jobs[i]);
            for (var i = 0; i < left; i++)
                End(_jobs[i]);
        }
    }

    /// <summary>Asked within the queue's lock: a tail that was not opened yet is computed alone this time.</summary>
    private int Together(Job job) => _benches.GetValueOrDefault(job.Model!)?.Opened(job.Header.Exit, job.Header.Cut) is not null ? _options.Batch : 1;

    private TailBench Bench(ServedModel model) => _benches.GetOrAdd(model, static (m, batch) => new TailBench(m, batch), _options.Batch);

    /// <summary>Who brought the job may use it again at once; its model may be closed after that.</summary>
    private static void End(Job job)
    {
        var model = job.Model!;
        job.Complete();
        model.Leave();
    }

    /// <summary>Ends jobs that nobody waits for, or that waited too long; the others are moved together.</summary>
    private int Discard(int count, long now)
    {
        var left = 0;
        for (var i = 0; i < count; i++)
        {
            var job = _jobs[i];
            job.Begun = now;
            job.WaitedSeconds = TimeProvider.System.GetElapsedTime(job.Arrived, now).TotalSeconds;
            if (!job.Abandoned && job.WaitedSeconds > _options.MostWait.TotalSeconds)
                job.Refusal = new Refusal(503, FormattableString.Invariant($"wait: was {job.WaitedSeconds:F3} s, allowed is {_options.MostWait.TotalSeconds} s"));
            if (job.Abandoned || job.Refusal is not null)
                End(job);
            else
                _jobs[left++] = job;
        }
        return left;
    }

    private void Serve(Span<Job> jobs, long begun)
    {
        var (exit, cut) = (jobs[0].Header.Exit, jobs[0].Header.Cut);
        try
        {
            var bench = Bench(jobs[0].Model!);
            var rows = bench.Rows(exit, cut);
            if (jobs.Length == 1)
                rows = null;
            var at = begun;
            for (var i = 0; i < jobs.Length; i++)
            {
                var job = jobs[i];
                job.Refusal = bench.Reader.Unpack(job.Message, job.Length, job.Header, bench.Store);
                rows?.Put(i, bench.Store);
                job.UnpackSeconds = Lap(ref at);
            }
            if (rows is not null)
                rows.Run(jobs.Length);
            else if (jobs[0].Refusal is null)
                bench.Store.RunTail(exit, cut);
            var tail = Lap(ref at);
            for (var i = 0; i < jobs.Length; i++)
            {
                (jobs[i].TailSeconds, jobs[i].Batch) = (tail, jobs.Length);
                if (jobs[i].Refusal is null)
                    Collect(jobs[i], bench, rows, i);
            }
        }
        catch (InputException e)
        {
            foreach (var job in jobs)
                job.Refusal = new Refusal(500, e.Message);
        }
    }

    private static void Collect(Job job, TailBench bench, BatchRows? rows, int row)
    {
        var names = bench.Outputs(job.Header.Exit);
        var outputs = bench.Store.Answer(job.Header.Exit);
        var bytes = AnswerHeader.Size;
        foreach (var output in outputs)
            bytes += output.Bytes.Length;
        job.Answer = ArrayPool<byte>.Shared.Rent(bytes);
        job.AnswerBytes = bytes;
        var at = AnswerHeader.Size;
        for (var i = 0; i < outputs.Count; i++)
        {
            var output = rows is null ? outputs[i].Bytes : rows.Row(names[i], row);
            output.CopyTo(job.Answer.AsSpan(at));
            at += output.Length;
        }
    }

    /// <summary>The header comes last: it says how long everything took.</summary>
    private void WriteAnswer(Job job)
    {
        new AnswerHeader(job.Header.Exit, Bench(job.Model!).Outputs(job.Header.Exit).Count, job.AnswerBytes - AnswerHeader.Size,
            job.WaitedSeconds, TimeProvider.System.GetElapsedTime(job.Begun).TotalSeconds, job.Header.Request, _queue.Count, _load.Busy, job.LinkSeconds).Write(job.Answer);
        Checksum.Seal(job.Answer.AsSpan(0, job.AnswerBytes));
    }

    private static double Lap(ref long at)
    {
        var now = TimeProvider.System.GetTimestamp();
        var seconds = TimeProvider.System.GetElapsedTime(at, now).TotalSeconds;
        at = now;
        return seconds;
    }
}
