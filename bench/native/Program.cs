using System.Globalization;
using System.Numerics;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Codec.Lanes;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;
using RlOffload.Training.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["codec", .. var kib]:
        var report = CodecBench.Run(kib.Length > 0 ? [.. kib.Select(int.Parse)] : [4, 100, 1024], CodecBench.Bits, rounds: 21);
        Console.WriteLine($"vectors {report.Simd}, Vector<float> of {Vector<float>.Count}");
        foreach (var s in report.Sizes)
            Console.WriteLine($"{s.Kib,5} KiB {s.Bits,2} bits: encode {s.EncodeGbS,6:F1} GB/s, decode {s.DecodeGbS,6:F1}, memcpy {s.MemcpyGbS,6:F1}, ratio {s.RatioToMemcpy:F2}, decode's {s.DecodeRatioToMemcpy:F2}, {s.Sha256[..8]}");
        Console.WriteLine($"ratio to memcpy: median {report.RatioToMemcpy:F2}, lowest {report.LowestRatioToMemcpy:F2}");
        return 0;
    case ["decision", var folder]:
        var frozen = FrozenPolicyFile.Read(folder);
        var profile = ProfileFile.Read(FrozenPolicyFile.Require(folder, frozen.Profile.Path, "--profile"));
        PolicyEngine[] engines = [PolicyEngine.BuiltIn, PolicyEngine.Ort];
        var policies = engines.Select(e => DeployedPolicy.Open(folder, frozen, profile, Console.Error.WriteLine, e)).ToList();
        var observation = ObservationJson.Fresh(policies[0].Model.Scenario);
        var mask = policies[0].Model.Table.Runnable.ToArray();
        var times = Rounds.Measure(31, 10, [.. policies.Select(p => (Action)(() => p.Decide(observation, mask)))]);
        for (var e = 0; e < engines.Length; e++)
            Console.WriteLine($"{engines[e]}: a decision {1e3 * times[e].Median:F2} us (quartiles {1e3 * times[e].Low:F2} to {1e3 * times[e].High:F2}), Vector<float> of {Vector<float>.Count}");
        policies.ForEach(p => p.Dispose());
        return 0;
    default:
        Console.WriteLine("""
            dotnet publish bench/native -c Release -r linux-x64 -p:DeviceFramework=net9.0 -o OUT
            OUT/native-bench codec [KIB...]         the codec beside memcpy; RLOFFLOAD_SIMD=scalar|vector128|avx2|avx512 forces a width
            OUT/native-bench decision POLICY_DIR    a decision by the built-in executor and by ONNX Runtime
            """);
        return args is [] or ["--help"] ? 0 : 2;
}
