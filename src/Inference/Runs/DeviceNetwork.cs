using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Runs;

/// <summary>A network as it is used on the device: its parts in memory, flights with their tensors, the thread that computes, the way to the server.</summary>
internal sealed class DeviceNetwork : IDisposable
{
    private readonly LocalDevice _device;
    private readonly RemoteClient _remote;
    private readonly CostModel _model;
    private readonly DeviceOptions _options;
    private readonly Action<string> _warn;
    private readonly IEnumerator<int> _opening;

    /// <summary>Opens what one plan needs that gives an answer; <see cref="PrepareRest"/> opens the others.</summary>
    /// <param name="partitions">Owned from now on.</param>
    public DeviceNetwork(PartitionSet partitions, DeployedPolicy policy, DeviceOptions options, Mailbox mailbox, Action<string> warn)
    {
        (Partitions, _model, _options, _warn) = (partitions, policy.Model, options, warn);
        var (encoding, pixels) = (_model.Scenario.Uplink.InputEncoding, new PixelCodec(partitions.Profile));
        Pool = FlightPool.Of(partitions, pixels.ImageBytes, [], ready: 4);
        Prepared = new bool[_model.Count];
        FirstRuns.Decide(policy, _model);
        _opening = Open(options.Remote.Writer(partitions, encoding)).GetEnumerator();
        while (_opening.MoveNext() && _model.Table.Plans[_opening.Current].Kind == PlanKind.Drop)
        {
        }
        _device = new LocalDevice(options.Remote.Writer(partitions, encoding), pixels, _model.Table, mailbox, Pool, emulates: false);
        _remote = RemoteClient.Connect(options.Remote, partitions, encoding, _model, mailbox, Pool);
    }

    public PartitionSet Partitions { get; }
    public FlightPool Pool { get; }

    /// <summary>By plan, whether its parts are open. More become so while the rest is prepared.</summary>
    public bool[] Prepared { get; }

    /// <summary>Opens what other plans need, while requests are answered by those that are ready. Once.</summary>
    public void PrepareRest(CancellationToken cancel)
    {
        using (_opening)
            while (!cancel.IsCancellationRequested && _opening.MoveNext())
            {
            }
        if (!cancel.IsCancellationRequested && Prepared.Count(p => !p) is > 0 and var left)
            _warn($"{left} of {_model.Count} plans are not used: their parts of the network do not fit into {_options.MemoryMb} MiB");
    }

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

    /// <summary>Each plan, ready to run. A flight that nobody else sees is what the first runs are made with.</summary>
    private IEnumerable<int> Open(IRequestWriter writer)
    {
        var flight = Pool.Take();
        flight.Begin(0, 0, 0, 1);
        var parts = new List<PartKey>();
        try
        {
            foreach (var plan in PartitionSet.Prepare(_model, Ready, _options.MemoryMb * 1048576))
            {
                FirstRuns.Compute(_model.Table.Plans[plan], flight, writer);
                Volatile.Write(ref Prepared[plan], true);
                yield return plan;
            }
            Pool.Prepare(parts);
        }
        finally
        {
            Pool.Release(flight);
        }

        void Ready(PartKey part)
        {
            flight.Store!.Prepare(part);
            parts.Add(part);
        }
    }
}
