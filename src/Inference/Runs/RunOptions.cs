using RlOffload.Inference.Policies;
using RlOffload.Inference.Remote;

namespace RlOffload.Inference.Runs;

/// <param name="Policy">Folder of the frozen policy.</param>
/// <param name="Server">Such as http://127.0.0.1:8500.</param>
/// <param name="Images">IDX frames, 28x28 items that frames are made of, or CIFAR-10 records.</param>
/// <param name="Labels">Null: the file beside the images.</param>
/// <param name="Link">A trace, or a link model (.json) to draw one from.</param>
/// <param name="Requests">Null: one for each image.</param>
/// <param name="Seed">Of arrivals, deadlines, server load and frames.</param>
/// <param name="Speed">Arrivals, link, deadlines and emulated times pass so many times faster.</param>
/// <param name="RttMs">Round-trip time; null: the link's, else the scenario's.</param>
/// <param name="Model">Null: the file that the policy names.</param>
/// <param name="Profile">Null: the file that the policy names.</param>
/// <param name="Log">Decision log; null: none.</param>
/// <param name="Remote">What is spoken to the server.</param>
/// <param name="Token">Bearer token; null where the server asks for none.</param>
/// <param name="MemoryMb">MiB that the process may grow by for the parts of the network; plans whose parts do not fit are not used.</param>
/// <param name="ProbeBudget">Bytes a second that probes may cost.</param>
/// <param name="OipModel">How a server of the Open Inference Protocol calls the tails.</param>
public sealed record RunOptions(
    string Policy, Uri Server, string Images, string? Labels, string Link, int? Requests = null, ulong Seed = 1, double Speed = 1, double? RttMs = null,
    string? Model = null, string? Profile = null, string? Log = null,
    RemoteKind Remote = RemoteKind.Http, string? Token = null, string OipModel = OpenModelName.Default,
    double MemoryMb = double.PositiveInfinity, double ProbeBudget = double.PositiveInfinity, PolicyEngine Engine = PolicyEngine.Auto);

/// <summary>How far a run is.</summary>
public readonly record struct RunProgress(int Answered, int Of, double Now);
