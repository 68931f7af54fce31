using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Training.Benchmarks.Chaos;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Configs (YAML): read and checked; where one is accepted it is written resolved, and the small world that it names is opened.</summary>
internal sealed class ConfigTarget : IFuzzTarget
{
    private const string Small = """
        # a small world
        name: small
        seed: 3
        profile: network.profile.json
        device: {name: slow, time_factor: 10, time_factor_source: made up, active_w: 0.15, pack_ns_per_element: 1}
        server: {name: here, loads: [1, 4], load_dwell_s: 8}
        radio: {tx_base_w: 1, tx_w_per_mbit: 0.1}
        uplink:
          header_bytes: 100   # and what HTTP adds
          input_encoding: raw
          observe: own
        rtt: {shift_ms: 30, mu: 2, sigma: 0.5}
        links: {train: [a.json], test: [b.json]}
        arrivals: {kind: bursty, mean_gap_s: 0.4, burst_factor: 2.5}
        deadlines: {median_s: 0.6, spread: 0.5}
        reward: {latency_weight: 0.1, miss_penalty: 0.2}
        window: {requests: 30}
        plans: {bits: [4, 8], prune: true, probe: true}
        train: {steps: 3000, start_steps: 40, validate_every: 600, validation_windows: 2, sac: {batch: 16, hidden: [16]}}
        evaluate: {windows: 4, training_windows: 3, oracle_width: 3, bootstrap: 100}
        """;

    private readonly string _config;
    private readonly Mutator _mutator;

    public ConfigTarget(string folder, string? repository)
    {
        TinyNetwork.Write(folder, 1);
        File.WriteAllText(Path.Combine(folder, "a.json"), LinkModelTarget.Example);
        File.WriteAllText(Path.Combine(folder, "b.json"), LinkModelTarget.Example.Replace("example", "other", StringComparison.Ordinal));
        _config = Path.Combine(folder, "config.yaml");
        byte[] small = Encoding.UTF8.GetBytes(Small);
        // Those of the repository name files that are not here: they are refused in the end, but read all the same.
        var others = RepositoryFiles.Of(repository, "configs", "*.yaml").Select(File.ReadAllBytes).ToList();
        _mutator = new Mutator(InputShape.Text, [.. Enumerable.Repeat(small, Math.Max(1, others.Count)), .. others]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        InputFile.Write(_config, input);
        var experiment = Experiment.Load(_config, []);
        experiment.ResolvedYaml(Path.GetDirectoryName(_config)!);
        experiment.Build();
        return true;
    }

    public void Dispose() => File.Delete(_config);
}
