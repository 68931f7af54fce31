using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Runs;

/// <summary>Policies and networks that took over while requests came.</summary>
/// <param name="Refused">That failed a check, so that the one before them stayed.</param>
/// <param name="LastRefusal">Why; null where none was refused.</param>
/// <param name="Policy">Hash of the policy that decided last.</param>
public sealed record SwapReport(int Taken, int Refused, string? LastRefusal, string Policy);

/// <summary>
/// Replaces a device's policy and network by what stands in their files now. Everything new is opened, checked and warmed beside the controller's loop, which takes it over between two
/// decisions; what fails a check is refused and the old one stays. An old network is closed when the last request that it was planned for has left it.
/// </summary>
internal sealed class HotSwap : IDisposable
{
    private readonly DeviceOptions _options;
    private readonly Mailbox _mailbox;
    private readonly Action<string> _warn;
    private readonly List<DeviceNetwork> _leaving = [];
    private readonly FileChanges _changes;
    private readonly DeviceNetwork _first;
    private readonly long _begun;
    private DevicePolicy _policy;
    private DeviceNetwork _network;
    private string? _refusal, _lastRefusal;
    private long _fallbacks;
    private int _taken, _refused;

    /// <param name="first">Owned from now on, as are <paramref name="partitions"/>.</param>
    public HotSwap(DeviceOptions options, DevicePolicy first, PartitionSet partitions, Mailbox mailbox, Action<string> warn)
    {
        (_options, _policy, _mailbox, _warn) = (options, first, mailbox, warn);
        _changes = new FileChanges(mailbox.Clock.Time, options.Watch, options.SwapOnHangUp, () => DevicePolicy.Files(options, _policy));
        // Its library is no part of the network.
        OrtEnv.Instance();
        _begun = Own();
        _network = _first = new DeviceNetwork(partitions, first.Policy, options, mailbox, warn);
        First = _network.Deploy(first.Policy.Model, first.Policy, first.Hash);
        First.Opening = true;
    }

    public Deployment First { get; }

    /// <summary>Opens what was not needed for the first answer. Once, of the first deployment; a later one is taken over whole.</summary>
    public void PrepareRest(CancellationToken cancel)
    {
        try
        {
            _first.PrepareRest(cancel);
            GiveBack(_first);
            First.PartBytes = Own() - _begun;
        }
        finally
        {
            First.Opening = false;
        }
    }

    public SwapReport Report => new(_taken, _refused, _refusal, _policy.Hash);

    /// <summary>What the server last said when it refused a message; null if it never did.</summary>
    public string? LastRefusal => _network.LastRefusal ?? _lastRefusal;

    /// <summary>Decisions that the policies could not make.</summary>
    public long Fallbacks => _fallbacks + _policy.Policy.Fallbacks;

    /// <summary>Looks for changes, or waits for SIGHUP, until cancelled, which it must not be before the loop has ended.</summary>
    /// <param name="said">Told of every swap and refusal.</param>
    public async Task Watch(Controller controller, Action<string>? said, CancellationToken cancel)
    {
        await foreach (var judge in _changes.Looks(cancel).ConfigureAwait(false))
        {
            Close(_leaving.Where(n => n.Pool.IsWhole));
            if (judge)
                await Try(controller, said, cancel).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        Close(_leaving);
        _network.Dispose();
        _policy.Dispose();
    }

    /// <summary>What reading and opening took goes back to the system, once: requests need little of the collector, and none of the code that opens networks.</summary>
    private static void GiveBack(DeviceNetwork network)
    {
        network.Partitions.Network.Forget();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        OwnMemory.Trim();
        FilePages.LetGo();
    }

    private static long Own() => OwnMemory.Of(System.Environment.ProcessId) ?? 0;

    private async Task Try(Controller controller, Action<string>? said, CancellationToken cancel)
    {
        var begun = _mailbox.Clock.Now;
        DevicePolicy? policy = null;
        DeviceNetwork? network = null;
        try
        {
            policy = DevicePolicy.Open(_options, _warn);
            policy.Verify(_options.Policy);
            if (policy.Hash == _policy.Hash)
            {
                policy.Dispose();
                return;
            }
            network = Network(policy);
        }
        catch (Exception e)
        {
            // Whatever is in the files, the device goes on with what it has.
            policy?.Dispose();
            _refused++;
            _refusal = e.Message.ReplaceLineEndings("; ");
            said?.Invoke($"refused, {_policy.Hash[..12]} stays: {_refusal}");
            return;
        }
        try
        {
            await controller.Swap(network.Deploy(policy.Policy.Model, policy.Policy, policy.Hash)).WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Too late: the loop ended before it.
            policy.Dispose();
            if (network != _network)
                network.Dispose();
            return;
        }
        var (old, left) = (_policy, _network);
        (_policy, _network) = (policy, network);
        _taken++;
        _fallbacks += old.Policy.Fallbacks;
        said?.Invoke(FormattableString.Invariant($"{policy.Frozen.Name} {policy.Hash[..12]} took over from {old.Hash[..12]} after {_mailbox.Clock.Now - begun:F2} s"));
        old.Dispose();
        if (left != network)
        {
            _lastRefusal = left.LastRefusal ?? _lastRefusal;
            _leaving.Add(left);
        }
        GiveBack(network);
    }

    /// <summary>The one in use where it does, else a new one.</summary>
    private DeviceNetwork Network(DevicePolicy policy)
    {
        if (policy.SharesNetwork(_policy))
        {
            FirstRuns.Decide(policy.Policy, policy.Policy.Model);
            return _network;
        }
        var (bytes, now) = (new PixelCodec(policy.Profile).ImageBytes, _network.Partitions.Profile);
        if (bytes != new PixelCodec(now).ImageBytes || !policy.Profile.Model.Shape.SequenceEqual(now.Model.Shape))
            throw new InputException(policy.ModelPath, "input", $"is [{string.Join(", ", policy.Profile.Model.Shape)}], allowed while requests come is [{string.Join(", ", now.Model.Shape)}] as before; start again with it");
        var partitions = new PartitionSet(policy.ModelPath, policy.Profile);
        DeviceNetwork? network = null;
        try
        {
            network = new DeviceNetwork(partitions, policy.Policy, _options, _mailbox, _warn);
            network.PrepareRest(CancellationToken.None);
            return network;
        }
        catch
        {
            if (network is not null)
                network.Dispose();
            else
                partitions.Dispose();
            throw;
        }
    }

    private void Close(IEnumerable<DeviceNetwork> networks)
    {
        var closed = networks.ToList();
        foreach (var network in closed)
        {
            _leaving.Remove(network);
            network.Dispose();
        }
        if (closed.Count > 0)
            OwnMemory.Trim();
    }
}
