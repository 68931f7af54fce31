using RlOffload.Training.Benchmarks.Chaos;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>A complete config over the small network and two made-up links, quick to open.</summary>
internal static class SmallWorld
{
    public const string Config = """
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

    /// <summary>Writes what <see cref="Config"/> names: network.profile.json, a.json and b.json.</summary>
    public static void WriteFiles(string folder)
    {
        TinyNetwork.Write(folder, 1);
        File.WriteAllText(Path.Combine(folder, "a.json"), LinkModelTarget.Example);
        File.WriteAllText(Path.Combine(folder, "b.json"), LinkModelTarget.Example.Replace("example", "other", StringComparison.Ordinal));
    }
}
