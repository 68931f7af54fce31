using System.Buffers;
using System.Text.Json;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.OpenInference;

/// <summary>The JSON head of an infer answer, and which outputs follow it as bytes.</summary>
internal static class OpenAnswer
{
    /// <summary>Writes the head: outputs, and in parameters what the server did and how busy it is.</summary>
    /// <param name="outputs">Where each of the exit's outputs lies in the answer's message.</param>
    /// <returns>The ranges of the message that follow the head.</returns>
    /// <exception cref="NotSupportedException">An output that was asked for as JSON has none.</exception>
    public static List<Range> Write(IBufferWriter<byte> to, string model, OpenRequest request, PartitionSet partitions, ReadOnlySpan<byte> message, in AnswerHeader header)
    {
        var names = partitions.Profile.Exits[request.Exit].AllOutputs;
        var binary = new List<Range>();
        using var json = new Utf8JsonWriter(to);
        json.WriteStartObject();
        json.WriteString("model_name", model);
        json.WriteString("model_version", "1");
        if (request.Id is not null)
            json.WriteString("id", request.Id);
        json.WriteStartObject("parameters");
        json.WriteNumber("exit", request.Exit);
        json.WriteNumber("split", request.Cut);
        json.WriteNumber("bits", request.Bits);
        json.WriteNumber("waited_us", (long)(header.WaitedSeconds * 1e6));
        json.WriteNumber("computed_us", (long)(header.ComputedSeconds * 1e6));
        if (header.ReceivedSeconds > 0)
            json.WriteNumber("received_us", (long)(header.ReceivedSeconds * 1e6));
        json.WriteNumber("waiting", header.Waiting);
        json.WriteNumber("busy", Math.Round(header.Busy, 4));
        json.WriteEndObject();
        json.WriteStartArray("outputs");
        foreach (var output in request.Outputs)
        {
            var info = partitions.Network.Tensors[names[output.Index]];
            var at = AnswerHeader.Size + (int)names.Take(output.Index).Sum(n => partitions.Network.Tensors[n].Bytes);
            var range = at..(at + (int)info.Bytes);
            json.WriteStartObject();
            json.WriteString("name", names[output.Index]);
            json.WriteString("datatype", OpenNames.Of(info.Type) ?? info.Type.ToString());
            json.WriteStartArray("shape");
            foreach (var size in info.Shape)
                json.WriteNumberValue(size);
            json.WriteEndArray();
            if (output.Binary)
            {
                json.WriteStartObject("parameters");
                json.WriteNumber("binary_data_size", info.Bytes);
                json.WriteEndObject();
                binary.Add(range);
            }
            else
            {
                JsonTensor.Write(json, info.Type, message[range]);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return binary;
    }
}
