using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>
/// Writes requests as any server of the Open Inference Protocol takes them: JSON that names the tensors of the cut, then the tensors as they are. A plan's bits
/// mean nothing here, and the input is sent as its numbers. The JSON of a plan always has the same length, so it is written once and only its id changes.
/// Not safe for several threads at once.
/// </summary>
internal sealed class OpenRequestWriter(PartitionSet partitions) : IRequestWriter
{
    private const int IdDigits = 20;

    private readonly PixelCodec _pixels = new(partitions.Profile);
    private readonly Dictionary<(int Exit, int Cut), (byte[] Head, int IdAt, int Tensors)> _heads = [];

    public int Write(in OffloadPlan plan, ulong request, ReadOnlySpan<byte> image, TensorStore store, ref byte[] message)
    {
        if (plan.Kind == PlanKind.Remote)
            _pixels.Fill(image, store.Input.Bytes);
        var (head, idAt, bytes) = Head(plan.Exit, plan.Cut);
        var length = head.Length + bytes;
        if (message.Length < length)
            message = new byte[length];
        head.CopyTo(message, 0);
        Span<char> id = stackalloc char[IdDigits];
        request.TryFormat(id, out _, "D20", CultureInfo.InvariantCulture);
        Encoding.ASCII.GetBytes(id, message.AsSpan(idAt));
        var at = head.Length;
        foreach (var tensor in store.Cut(plan.Cut))
        {
            tensor.Bytes.CopyTo(message.AsSpan(at));
            at += tensor.Bytes.Length;
        }
        return length;
    }

    /// <summary>Bytes of JSON before the tensors.</summary>
    public int HeadBytes(int exit, int cut) => Head(exit, cut).Head.Length;

    private (byte[] Head, int IdAt, int Tensors) Head(int exit, int cut)
    {
        if (_heads.TryGetValue((exit, cut), out var head))
            return head;
        var tensors = partitions.Profile.Cuts[cut].Tensors.Select(t => (t.Name, Info: partitions.Network.Tensors[t.Name])).ToList();
        var zeros = new string('0', IdDigits);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", zeros);
            writer.WriteStartArray("inputs");
            foreach (var (name, info) in tensors)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteString("datatype", OpenNames.Of(info.Type));
                writer.WriteStartArray("shape");
                foreach (var size in info.Shape)
                    writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartObject("parameters");
                writer.WriteNumber("binary_data_size", info.Bytes);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteStartArray("outputs");
            foreach (var output in partitions.Profile.Exits[exit].AllOutputs)
            {
                writer.WriteStartObject();
                writer.WriteString("name", output);
                writer.WriteStartObject("parameters");
                writer.WriteBoolean("binary_data", true);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        var json = buffer.WrittenSpan.ToArray();
        return _heads[(exit, cut)] = (json, json.AsSpan().IndexOf(Encoding.ASCII.GetBytes(zeros)), (int)tensors.Sum(t => t.Info.Bytes));
    }
}
