using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;

namespace RlOffload.Inference.Runs;

/// <summary>A network as it is used on the device: its parts in memory, flights with their tensors, the thread that computes, the way to the server.</summary>
internal sealed class DeviceNetwork : IDisposable
{
    private readonly LocalDevice _device;
    private readonly RemoteClient _remote;

    /// <param name="partitions">Owned from now on.</param>
    public DeviceNetwork(PartitionSet partitions, DeployedPolicy policy, DeviceOptions options, Mailbox mailbox, Action<string> warn)
    {
        Partitions = partitions;
        var model = policy.Model;
        var (encoding, pixels) = (model.Scenario.Uplink.InputEncoding, new PixelCodec(partitions.Profile));
        Pool = FlightPool.Within(partitions, pixels.ImageBytes, model, options.MemoryMb * 1048576, ready: 4, out var prepared);
        if (prepared.Count(p => !p) is > 0 and var left)
            warn($"{left} of {model.Count} plans are not used: their parts of the network do not fit into {options.MemoryMb} MiB");
        Prepared = prepared;
        FirstRuns.Make(policy, model, Pool, options.Remote.Writer(partitions, encoding), prepared, (_, bytes) => bytes.Clear());
        _device = new LocalDevice(options.Remote.Writer(partitions, encoding), pixels, model.Table, mailbox, Pool, emulates: false);
        _remote = RemoteClient.Connect(options.Remote, partitions, encoding, model, mailbox, Pool);
    }

    public PartitionSet Partitions { get; }
    public FlightPool Pool { get; }

    /// <summary>By plan, whether its parts are open.</summary>
    public bool[] Prepared { get; }

    /// <summary>What the server last said when it refused a message.</summary>
    public string? LastRefusal => _remote.LastRefusal;

    public Deployment Deploy(CostModel model, DeployedPolicy policy, string hash) => new(model, policy, _device, _remote, Pool, Prepared, hash);

    /// <summary>Once nobody holds a flight.</summary>
    public void Dispose()
    {
        _remote.Dispose();
        _device.Dispose();
        Pool.Dispose();
        Partitions.Dispose();
    }
}
