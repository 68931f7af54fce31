using System.Diagnostics;
using System.Runtime.InteropServices;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Wire;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Training.Benchmarks;

/// <param name="DecideUs">The policy's decision, what runs its graph included; 99th percentile as of the others.</param>
/// <param name="EncodeUs">Range, quantising and packing.</param>
/// <param name="FrameUs">Header and checksum.</param>
/// <param name="P99Us">Of the three together, medians over rounds.</param>
/// <param name="Bytes">Allocated by a request.</param>
public sealed record Overhead(int Bits, double P50Us, double P99Us, double DecideUs, double EncodeUs, double FrameUs, double Bytes);

/// <param name="Engine">What runs the policy's graph.</param>
/// <param name="P50Us">Of a decision by itself; medians over rounds, as the next.</param>
/// <param name="Bytes">Allocated by a decision.</param>
public sealed record EngineSpeed(string Engine, double P50Us, double P99Us, double Bytes);

/// <param name="P99Us">At 8 bits.</param>
/// <param name="ReferenceUs">Copying the tensor once (memcpy), median: what the machine was like.</param>
/// <param name="Engines">The decision by each engine that can run the policy, round by round beside each other.</param>
public sealed record OverheadReport(double P99Us, string Policy, int Plans, int TensorBytes, double ReferenceUs, IReadOnlyList<Overhead> Bits, IReadOnlyList<EngineSpeed> Engines)
{
    /// <summary>Whole requests against a server process (<see cref="LoopBench"/>).</summary>
    public IReadOnlyList<LoopCost> Loop { get; init; } = [];
}

/// <summary>What the device does for a request besides ONNX Runtime's head: decide, encode a tensor, frame it. Wall clock of one thread.</summary>
public static class OverheadBench
{
    private const int Calls = 4000;
    private static readonly int[] Widths = [4, 8, 16, 32];

    /// <param name="policy">Folder of a frozen policy.</param>
    /// <param name="tensorBytes">Of float32.</param>
    public static OverheadReport Run(string policy, int tensorBytes, int rounds)
    {
        var description = FrozenPolicyFile.Read(policy);
        var path = FrozenPolicyFile.Find(policy, description.Profile.Path)
            ?? throw new InputException(policy, "profile", $"{description.Profile.Path} is not there, allowed is a policy whose profile lies where it says");
        using var decides = DeployedPolicy.Open(policy, ProfileFile.Read(path));
        var model = decides.Model;
        var mask = model.Table.Runnable.ToArray();
        var observation = new Observation
        {
            Deadline = model.Scenario.Deadlines.Median, Rate = model.Scenario.Uplink.PriorBitsPerSecond, LastRate = model.Scenario.Uplink.PriorBitsPerSecond,
            PreviousRate = model.Scenario.Uplink.PriorBitsPerSecond, Rtt = model.Scenario.Uplink.PriorRtt, ServerLoad = 1, FastIntensity = 1, SlowIntensity = 1, Slowdown = 1, Battery = 1,
        };
        var info = new TensorInfo(DataType.Float, [1, tensorBytes / 4]);
        using var tensor = new TensorMemory(info);
        var rng = new Rng(1);
        foreach (ref var x in MemoryMarshal.Cast<byte, float>(tensor.Bytes))
            x = (float)Math.Max(0, rng.NextGaussian());
        var rows = Widths.Select(bits => Measure(bits, rounds, decides, observation, mask, info, tensor)).ToList();
        var copy = new byte[tensorBytes];
        var reference = Rounds.Median(5, 10, () => tensor.Bytes.CopyTo(copy))[0] * 1e3;
        using var ort = description.Form == PolicyForm.Onnx ? DeployedPolicy.Open(policy, description, model.Table.Profile, engine: PolicyEngine.Ort) : null;
        DeployedPolicy[] engines = ort is null || decides.Engine == ort.Engine ? [decides] : [decides, ort];
        return new OverheadReport(rows.First(r => r.Bits == 8).P99Us, policy, model.Count, tensorBytes, Math.Round(reference, 2), rows, Compare(engines, rounds, observation, mask));
    }

    private static List<EngineSpeed> Compare(DeployedPolicy[] engines, int rounds, Observation observation, bool[] mask)
    {
        var ticks = new long[Calls];
        var (p50, p99, bytes) = (engines.Select(_ => new double[rounds]).ToArray(), engines.Select(_ => new double[rounds]).ToArray(), new long[engines.Length]);
        for (var round = -2; round < rounds; round++)
            for (var e = 0; e < engines.Length; e++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < Calls; i++)
                {
                    var start = Stopwatch.GetTimestamp();
                    engines[e].Decide(observation, mask);
                    ticks[i] = Stopwatch.GetTimestamp() - start;
                }
                bytes[e] = GC.GetAllocatedBytesForCurrentThread() - before;
                if (round < 0)
                    continue;
                Array.Sort(ticks);
                (p50[e][round], p99[e][round]) = (1e6 * ticks[Calls / 2] / Stopwatch.Frequency, 1e6 * ticks[Calls * 99 / 100] / Stopwatch.Frequency);
            }
        return [.. engines.Select((engine, e) => new EngineSpeed(engine.Engine, Math.Round(Spread.Of(p50[e]).Median, 2), Math.Round(Spread.Of(p99[e]).Median, 2), bytes[e] / (double)Calls))];
    }

    private static Overhead Measure(int bits, int rounds, DeployedPolicy policy, Observation observation, bool[] mask, TensorInfo info, TensorMemory tensor)
    {
        var codec = new CutCodec([info], bits);
        TensorMemory[] tensors = [tensor];
        var message = new byte[RequestHeader.Size + codec.PayloadBytes];
        var ticks = Enumerable.Range(0, 4).Select(_ => new long[Calls]).ToArray();
        var p = Enumerable.Range(0, 4).Select(_ => new double[rounds]).ToArray();
        var (median, bytes) = (new double[rounds], 0L);
        for (var round = -2; round < rounds; round++) // the first two are for the compiler
        {
            bytes = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Calls; i++)
            {
                var start = Stopwatch.GetTimestamp();
                policy.Decide(observation, mask);
                var decided = Stopwatch.GetTimestamp();
                codec.TryEncode(tensors, message.AsSpan(RequestHeader.Size));
                var encoded = Stopwatch.GetTimestamp();
                new RequestHeader(1, 2, bits, PayloadKind.Tensors, 1, codec.PayloadBytes, 7, (ulong)i).Write(message);
                Checksum.Seal(message);
                var framed = Stopwatch.GetTimestamp();
                (ticks[0][i], ticks[1][i], ticks[2][i], ticks[3][i]) = (decided - start, encoded - decided, framed - encoded, framed - start);
            }
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            if (round < 0)
                continue;
            for (var part = 0; part < 4; part++)
            {
                Array.Sort(ticks[part]);
                p[part][round] = 1e6 * ticks[part][Calls * 99 / 100] / Stopwatch.Frequency;
            }
            median[round] = 1e6 * ticks[3][Calls / 2] / Stopwatch.Frequency;
        }
        double Of(double[] values) => Math.Round(Spread.Of(values).Median, 2);
        return new Overhead(bits, Of(median), Of(p[3]), Of(p[0]), Of(p[1]), Of(p[2]), bytes / (double)Calls);
    }
}
