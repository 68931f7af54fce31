using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Training.Benchmarks.Serving;

/// <summary>What is spoken to the server that is measured.</summary>
public enum LoadTransport : byte { Frames, Http, Oip }

/// <summary>A request as bytes for a socket, and the numbers that its answer must hold.</summary>
/// <param name="Bytes">HTTP's lines included where there are any.</param>
/// <param name="TensorBytes">Of the tensor that it carries.</param>
public sealed record LoadMessage(LoadTransport Transport, byte[] Bytes, int TensorBytes, float[] Expected)
{
    public static LoadMessage Of(PartitionSet partitions, int cut, LoadTransport transport)
    {
        using var store = new TensorStore(partitions);
        var rng = new Rng(2);
        foreach (ref var x in MemoryMarshal.Cast<byte, float>(store.Cut(cut)[0].Bytes))
            x = (float)rng.NextGaussian();
        store.RunTail(0, cut);
        var tensor = store.Cut(cut)[0].Bytes.ToArray();
        byte[] message = [];
        var length = new RequestWriter(partitions, "raw").Write(new OffloadPlan(PlanKind.Split, 0, cut, 32), 1, [], store, ref message);
        byte[] bytes = transport switch
        {
            LoadTransport.Frames => message[..length],
            LoadTransport.Http => [.. Head("/infer", length, ""), .. message[..length]],
            _ => Open(partitions, cut, tensor),
        };
        return new LoadMessage(transport, bytes, tensor.Length, store.Answer(0)[0].Floats.ToArray());
    }

    private static byte[] Open(PartitionSet partitions, int cut, byte[] tensor)
    {
        var info = partitions.Profile.Cuts[cut].Tensors[0];
        var json = Encoding.ASCII.GetBytes(
            $$$"""{"inputs":[{"name":"{{{info.Name}}}","datatype":"FP32","shape":[{{{string.Join(',', info.Shape!)}}}],"parameters":{"binary_data_size":{{{tensor.Length}}}}}],"parameters":{"binary_data_output":true}}""");
        var model = OpenNames.Tail(Path.GetFileNameWithoutExtension(partitions.Profile.Model.Path), 0, cut);
        return [.. Head($"/v2/models/{model}/infer", json.Length + tensor.Length, string.Create(CultureInfo.InvariantCulture, $"{OpenNames.HeadLength}: {json.Length}\r\n")), .. json, .. tensor];
    }

    private static byte[] Head(string path, int length, string more) =>
        Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/octet-stream\r\n{more}Content-Length: {length}\r\n\r\n");
}
