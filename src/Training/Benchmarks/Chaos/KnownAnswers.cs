using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Training.Benchmarks.Chaos;

/// <summary>What every way of answering a frame must give: worked out in this process, through the same codec, without a link.</summary>
internal sealed class KnownAnswers
{
    private readonly Dictionary<(int Frame, int Plan), int> _planned = [];
    private readonly Dictionary<(int Frame, int Cut, int Exit), int> _branch = [];

    public KnownAnswers(PartitionSet partitions, CostModel model, IReadOnlyList<byte[]> frames)
    {
        using var device = new TensorStore(partitions);
        using var server = new TensorStore(partitions);
        var (pixels, writer, reader) = (new PixelCodec(partitions.Profile), new RequestWriter(partitions, "raw"), new RequestReader(partitions));
        byte[] message = [];
        for (var f = 0; f < frames.Count; f++)
        {
            pixels.Fill(frames[f], device.Input.Bytes);
            for (var p = 0; p < model.Count; p++)
            {
                var plan = model.Table.Plans[p];
                if (plan.Kind == PlanKind.Drop)
                    continue;
                if (plan.Kind == PlanKind.Local)
                {
                    device.RunWhole(plan.Exit);
                    _planned[(f, p)] = Classes.Best(device.Answer(plan.Exit)[0].Floats);
                    continue;
                }
                if (plan.Kind == PlanKind.Split)
                    device.RunHead(plan.Cut);
                var length = writer.Write(plan, 0, frames[f], device, ref message);
                if ((reader.Check(message.AsSpan(0, length), out var header) ?? reader.Unpack(message, length, header, server)) is { } refusal)
                    throw new InvalidOperationException(refusal.Problem);
                server.RunTail(plan.Exit, plan.Cut);
                _planned[(f, p)] = Classes.Best(server.Answer(plan.Exit)[0].Floats);
                foreach (var branch in partitions.Profile.Partitions.Where(b => b.Cut == plan.Cut && !b.Local))
                {
                    device.RunTail(branch.Exit, plan.Cut);
                    _branch[(f, plan.Cut, branch.Exit)] = Classes.Best(device.Answer(branch.Exit)[0].Floats);
                }
            }
        }
    }

    /// <summary>Whether an answered flight says what its frame, plan and way of answering must give.</summary>
    public bool Holds(Flight flight) => flight.Answer == (flight.Outcome.Kind == OutcomeKind.Fallback
        ? _branch[(flight.Image, flight.Plan.Cut, flight.LocalExit)]
        : _planned[(flight.Image, flight.PlanIndex)]);
}
