using System.Text;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>Reads one input after the other in this process and notes what should not happen.</summary>
internal static class FuzzLoop
{
    /// <summary>As small as any thread's on which these readers run: what nests too deep ends the process here rather than at a user's.</summary>
    private const int StackBytes = 1 << 20;

    /// <summary>Depends on the seed, the target's name and the input's number alone.</summary>
    public static byte[] Make(IFuzzTarget target, string name, ulong seed, long index)
    {
        var key = 14695981039346656037UL; // FNV-1a: string.GetHashCode differs from process to process
        foreach (var b in Encoding.UTF8.GetBytes(name))
            key = (key ^ b) * 1099511628211UL;
        var rng = Rng.Keyed(seed, key, (ulong)index, RngPurpose.Fuzz);
        return target.Make(ref rng);
    }

    /// <param name="from">Number of the first input, and <paramref name="to"/> one past the last.</param>
    /// <param name="found">Told of each finding and its input.</param>
    public static void Run(IFuzzTarget target, string name, ulong seed, long from, long to, FuzzLimits limits, FuzzRecord record, Action<FuzzFinding, byte[]> found)
    {
        Exception? broken = null;
        var thread = new Thread(() =>
        {
            try
            {
                for (var index = from; index < to; index++)
                    One(target, name, Make(target, name, seed, index), index, limits, record, found);
            }
            catch (Exception e)
            {
                broken = e;
            }
        }, StackBytes);
        thread.Start();
        thread.Join();
        if (broken is not null)
            throw new InvalidOperationException($"inputs of '{name}' cannot be made: {broken.Message}", broken);
    }

    private static void One(IFuzzTarget target, string name, byte[] input, long index, FuzzLimits limits, FuzzRecord record, Action<FuzzFinding, byte[]> found)
    {
        record.Begin(index);
        var before = GC.GetAllocatedBytesForCurrentThread();
        bool? accepted = null;
        FuzzFinding? finding = null;
        try
        {
            accepted = target.Read(input);
        }
        catch (InputException e)
        {
            accepted = false;
            if (e.Problems.Count == 0 || e.Problems.Any(string.IsNullOrWhiteSpace))
                finding = new FuzzFinding(name, index, "exception", "InputException: names no problem", "");
        }
        catch (Exception e)
        {
            finding = FuzzFinding.Of(name, index, e);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (finding is null && allocated > limits.AllocatedBytes)
            finding = new FuzzFinding(name, index, "memory", $"{allocated} bytes were allocated, allowed are {limits.AllocatedBytes}", "");
        record.End(finding is null ? accepted : null, allocated);
        if (finding is not null)
            found(finding, input);
    }
}
