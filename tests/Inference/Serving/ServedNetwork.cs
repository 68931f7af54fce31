using System.Net;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Serving;

/// <summary>A server of the test network that listens on loopback, and the device's side of it: its tensors and messages.</summary>
internal sealed class ServedNetwork : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private ServedNetwork(Func<ServerOptions, ServerOptions>? options)
    {
        Network = new TestNetwork(_folder);
        Partitions = new PartitionSet(Network.ModelPath, Network.Profile);
        Store = new TensorStore(Partitions);
        new PixelCodec(Network.Profile).Fill(Frame, Store.Input.Bytes);
        var plain = new ServerOptions(IPAddress.Loopback, 0);
        Server = new RemoteServer(Partitions, options is null ? plain : options(plain));
    }

    public TestNetwork Network { get; }
    public PartitionSet Partitions { get; }
    public TensorStore Store { get; }
    public RemoteServer Server { get; }
    public byte[] Frame { get; } = TestNetwork.Frame(9);
    public HttpClient Http { get; } = new();

    public static async Task<ServedNetwork> Start(Func<ServerOptions, ServerOptions>? options = null)
    {
        var served = new ServedNetwork(options);
        served.Server.Prepare(PartitionSet.ServerParts(PlanTable.Of(served.Partitions.Profile, [8], probe: false)));
        await served.Server.Start();
        served.Http.BaseAddress = served.Server.HttpAddress;
        return served;
    }

    /// <summary>The message of a request from the frame.</summary>
    public byte[] Message(OffloadPlan plan, ulong request)
    {
        Store.RunHead(plan.Cut);
        byte[] message = [];
        var length = new RequestWriter(Partitions, "raw").Write(plan, request, Frame, Store, ref message);
        return message[..length];
    }

    /// <summary>What the whole network says of the frame.</summary>
    public float[] Whole(int exit)
    {
        Store.RunWhole(exit);
        return Store.Answer(exit)[0].Floats.ToArray();
    }

    /// <summary>The numbers of the first tensor of a cut.</summary>
    public float[] Tensor(int cut)
    {
        Store.RunHead(cut);
        return Store.Cut(cut)[0].Floats.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.Stop();
        await Server.DisposeAsync();
        Http.Dispose();
        Store.Dispose();
        Partitions.Dispose();
        _folder.Dispose();
    }
}
