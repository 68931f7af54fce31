using RlOffload.Environment.Links;
using RlOffload.Environment.Profiles;
using RlOffload.Tests.Environment;
using RlOffload.Tests.Environment.Links;
using RlOffload.Training;

namespace RlOffload.Tests.Training;

/// <summary>A folder with a small complete config (test.yaml) over <see cref="TestWorld"/>'s profile and two link models, a.json and b.json.</summary>
internal sealed class TestConfig : IDisposable
{
    public const string Minimal = """
        profile: profile.json
        device: {name: slow, time_factor: 10, time_factor_source: ten times slower for a test, active_w: 0.15, pack_ns_per_element: 0}
        server: {name: here}
        radio: {tx_base_w: 1, tx_w_per_mbit: 0.1}
        uplink:
          header_bytes: 0
        links: {train: [a.json], test: [b.json]}
        arrivals: {kind: bursty, mean_gap_s: 0.4}
        deadlines: {median_s: 0.6, spread: 0.5}
        window: {requests: 30}
        plans: {bits: [4], prune: false}
        """;

    /// <summary>Makes training and evaluation a matter of a second.</summary>
    public static readonly string[] Quick =
    [
        "train={steps: 150, start_steps: 40, validate_every: 60, validation_windows: 2, sac: {batch: 16, hidden: [16]}}",
        "evaluate={windows: 4, training_windows: 3, oracle_width: 3, bootstrap: 100}",
    ];

    private readonly TemporaryFolder _folder = new();

    public TestConfig(string? text = null)
    {
        ProfileFile.Write(TestWorld.Profile, _folder.At("profile.json"));
        Link("a.json", 1);
        Link("b.json", 2);
        Path = _folder.Write("test.yaml", text ?? Minimal);
    }

    public string Path { get; }

    /// <summary>The world of the config, quick to train in.</summary>
    public World World(params string[] set) => Experiment.Load(Path, [.. Quick, .. set]).Build();

    public string At(string relative) => _folder.At(relative);

    public string Write(string relative, string text) => _folder.Write(relative, text);

    /// <summary>Writes a link model whose rates are <paramref name="scale"/> times those of the example.</summary>
    public void Link(string relative, double scale, bool rtt = true)
    {
        var example = LinkModelTests.Example;
        _folder.Write(relative, LinkModel.From(example with
        {
            Name = relative,
            Quantiles = example.Quantiles with { BitsPerSecond = [.. example.Quantiles.BitsPerSecond.Select(r => r * scale)] },
            Rtt = rtt ? example.Rtt : null,
        }).ToJson());
    }

    public void Dispose() => _folder.Dispose();
}
