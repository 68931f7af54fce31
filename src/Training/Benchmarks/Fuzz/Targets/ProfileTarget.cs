using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Layer profiles: read, then what a planner, a policy, a device and a server make of one.</summary>
internal sealed class ProfileTarget : IFuzzTarget
{
    private readonly FuzzNetwork _network;
    private readonly string _file;
    private readonly Mutator _mutator;
    private readonly Observation _seen = new() { Deadline = 0.2, Rate = 1e6, LastRate = 1e6, PreviousRate = 1e6, Rtt = 0.02, ServerLoad = 1, Slowdown = 1 };

    public ProfileTarget(string folder)
    {
        _network = new FuzzNetwork(folder);
        _file = Path.Combine(folder, "input.profile.json");
        _mutator = new Mutator(InputShape.Text, [.. Seeds(folder)]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        InputFile.Write(_file, input);
        var profile = ProfileFile.Read(_file);
        ProfileHashes.Of(profile);
        var bits = profile.Accuracy.Select(a => a.Bits).Distinct().Where(TensorCodec.Allows).Append(32).Distinct().ToList();
        var scenario = new Scenario { Uplink = new UplinkSpec(InputEncoding: "float32") };
        var model = new CostModel(new CostTable(profile, PlanTable.Of(profile, bits, probe: true), scenario), scenario);
        var layout = new ObservationLayout(model);
        layout.Write(_seen, new float[layout.Size]);
        RequestReader.MostBytes(profile);
        using var partitions = new PartitionSet(_network.Model, profile);
        _ = new RequestReader(partitions);
        using var store = new TensorStore(partitions);
        foreach (var part in profile.Partitions.Where(p => !p.Local))
        {
            PayloadLayout.Of(partitions, part.Cut, 8);
            _ = store.Cut(part.Cut);
            _ = store.Answer(part.Exit);
        }
        return true;
    }

    public void Dispose() => _network.Dispose();

    private IEnumerable<byte[]> Seeds(string folder)
    {
        var file = Path.Combine(folder, "seed.json");
        var full = _network.Profile with
        {
            Assumptions = ["made up"],
            Source = "nowhere",
            Outcomes = new ImageOutcomes(3, [[0.5f, 0.6f, 0.7f], [0.8f, 0.9f, 1]], [[1, 0.5f, 0.25f], [0.1f, 0, 2]], ["010", "111"]),
            Nodes = [new ProfiledNode("a.conv", "Conv", 0.01, 2048, ["frame"], [_network.Profile.Cuts[1].Tensors[0]], 0.001)],
            Untimed = [new UntimedCut("a.conv", 512, 2048)],
        };
        foreach (var profile in new[]
        {
            _network.Profile, full, full with { Accuracy = [], InputEncodings = [] },
            full with { Model = full.Model with { InputType = "uint8", Pixels = null }, Exits = [.. full.Exits.Select(e => e with { Outputs = [e.Output] })] },
        })
        {
            ProfileFile.Write(profile, file);
            yield return File.ReadAllBytes(file);
        }
    }
}
