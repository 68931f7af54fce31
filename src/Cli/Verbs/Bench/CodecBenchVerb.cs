using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Inference.Codec;
using RlOffload.Training.Benchmarks;
using Spectre.Console;

namespace RlOffload.Cli.Verbs.Bench;

internal static class CodecBenchVerb
{
    public static Command Create()
    {
        var sizes = new Option<int[]>("--kib") { Description = "Sizes of tensors, KiB of float32.", DefaultValueFactory = _ => [98, 392, 3136], AllowMultipleArgumentsPerToken = true };
        var bits = new Option<int[]>("--bits") { Description = "Bits a number.", DefaultValueFactory = _ => [.. CodecBench.Bits], AllowMultipleArgumentsPerToken = true };
        var (rounds, json) = (BenchVerb.RoundCount(9), BenchVerb.JsonFile());
        var command = new Command("codec", """
            Quantising and packing tensors, the pass for their range included, beside copying the same bytes (memcpy) and beside a plain loop.
            RLOFFLOAD_SIMD=scalar|vector128|avx2|avx512 takes narrower vectors than the machine has; the bytes, and so the hashes in the
            file, stay the same.

            Example:
              rloffload bench codec --kib 98 --bits 4 8 --json codec.json
            """)
        {
            sizes, bits, rounds, json,
        };
        command.SetAction(parsed =>
        {
            OutputFiles.RequireFolders(("--json", parsed.GetValue(json)));
            BenchVerb.RequirePositive(parsed, rounds);
            var (kib, widths) = (parsed.GetRequiredValue(sizes), parsed.GetRequiredValue(bits));
            List<string> problems =
            [
                .. kib.Where(k => k is < 1 or > 1 << 20).Select(k => $"--kib:{k}: allowed is 1 to {1 << 20}"),
                .. widths.Where(b => !TensorCodec.Allows(b)).Select(b => $"--bits:{b}: allowed is 1 to 8, 16 or 32"),
            ];
            if (problems.Count > 0)
                throw new InputException(problems);
            var report = BenchVerb.Measured("packing", () => CodecBench.Run(kib, widths, parsed.GetValue(rounds)));
            var table = new Table().AddColumns("tensor", "bits", "encode GB/s", "decode GB/s", "memcpy GB/s", "encode / memcpy", "decode / memcpy", "encode / loop")
                .Caption($"GB of float32 a second, vectors: {report.Simd}; median ratio to memcpy {report.RatioToMemcpy:F2}x, lowest {report.LowestRatioToMemcpy:F2}x");
            foreach (var s in report.Sizes)
                table.AddRow($"{s.Kib} KiB", $"{s.Bits}", $"{s.EncodeGbS:F1}", $"{s.DecodeGbS:F1}", $"{s.MemcpyGbS:F1}", $"{s.RatioToMemcpy:F2}x", $"{s.DecodeRatioToMemcpy:F2}x",
                    $"{s.RatioToLoop:F1}x");
            AnsiConsole.Write(table);
            BenchVerb.Write(parsed.GetValue(json), report);
        });
        return command;
    }
}
