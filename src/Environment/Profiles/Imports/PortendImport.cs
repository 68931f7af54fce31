using System.Security.Cryptography;

namespace RlOffload.Environment.Profiles.Imports;

/// <summary>
/// Multi-exit networks measured as whole partitions on five EC2 machines by Ebrahimi et al. (PORTEND, ICPADS 2023), as CSV: partition_latency, block_inputs, exits.
/// A cut lies before each block but the first. Exit and cut are paired where both head and tail were timed.
/// </summary>
internal static class PortendImport
{
    public const string Times = "partition_latency.csv", Inputs = "block_inputs.csv", Exits = "exits.csv";
    private const int MostExits = 6;

    public static ModelProfile Read(ProfileImport import)
    {
        string times = Path.Combine(import.Folder, Times), inputs = Path.Combine(import.Folder, Inputs), exitFile = Path.Combine(import.Folder, Exits);
        var partitions = ImportTable.Read(times, "model", "device", "first_block", "last_block", "latency_ms", "repeats").Rows;
        var blocks = ImportTable.Read(inputs, "model", "block", "channels", "height", "width", "elements").Rows;
        var counts = ImportTable.Read(exitFile, "model", "image_set", "exit_block", "uncertainty_threshold", "exited", "correct_among_exited").Rows;

        var network = ProfileImport.Choose(times, "network", import.Network, partitions.Select(r => r.Text("model")));
        var machines = partitions.Where(r => r.Text("model") == network).Select(r => r.Text("device")).ToList();
        var device = ProfileImport.Choose(times, "device", import.Device, machines);
        var server = ProfileImport.Choose(times, "server", import.Server, machines);
        var onDevice = TimesOf(partitions, network, device);
        var onServer = TimesOf(partitions, network, server);
        ImportRow[] entries = [.. blocks.Where(r => r.Text("model") == network).OrderBy(r => r.Whole("block"))];
        var accuracy = AccuracyOf(counts, network);
        var last = entries.Length;
        if (entries.Where((r, i) => r.Whole("block") != i + 1).FirstOrDefault() is { Table: not null } odd)
            throw new InputException(inputs, $"{odd.Line}", $"is block {odd.Whole("block")} of {network}, allowed is each block from 1 to {last} once");
        if (last == 0 || !onDevice.ContainsKey((1, last)) || !onServer.ContainsKey((1, last)))
            throw new InputException(times, network, $"has no time of the {last} blocks of {Inputs} as a whole, allowed is one on {device} and on {server}");
        var exits = Choose(import, exitFile, accuracy, last, onDevice, onServer);
        var reach = exits[^1];
        var classes = network.Contains("CIFAR10", StringComparison.OrdinalIgnoreCase) ? 10 : 1000;
        var elements = entries.Select(r => (long)r.Number("elements")).ToArray();
        var cuts = entries.Take(reach).Select((r, k) => new CutPoint(k, k == 0 ? "input" : $"block{k}",
            [new(k == 0 ? "input" : $"block{k}", elements[k], elements[k] * 4, Shape: [1, r.Whole("channels"), r.Whole("height"), r.Whole("width")])])).ToList();
        cuts.AddRange(exits.Select((b, e) => new CutPoint(reach + e, $"exit{b}", [new($"exit{b}", classes, classes * 4)])));

        var pairs = new List<Partition>();
        var cells = new List<AccuracyCell>();
        for (var e = 0; e < exits.Length; e++)
        {
            var end = exits[e];
            for (var k = 0; k < end; k++)
            {
                if (k > 0 && !(onDevice.ContainsKey((1, k)) && onDevice.ContainsKey((k + 1, end)) && onServer.ContainsKey((k + 1, end))))
                    continue;
                var head = k == 0 ? 0 : onDevice[(1, k)];
                pairs.Add(new(e, k, false, ProfileImport.Ms(head), ProfileImport.Ms(onDevice[(k + 1, end)]), Activations(elements, k), ServerTailMs: ProfileImport.Ms(onServer[(k + 1, end)])));
                if (k > 0)
                    cells.AddRange(AssumedBits.Widths.Select(b => new AccuracyCell(e, k, b, accuracy[end] * (1 - AssumedBits.Loss(b, head / onDevice[(1, last)])))));
            }
            pairs.Add(new(e, reach + e, true, ProfileImport.Ms(onDevice[(1, end)]), ProfileImport.Ms(0), Activations(elements, end)));
        }
        var shape = cuts[0].Tensors[0].Shape!;
        CutTensor After(int block) => cuts[block < reach ? block : ^1].Tensors[0];
        return new ModelProfile
        {
            Model = new(network, Convert.ToHexStringLower(SHA256.HashData([.. new[] { times, inputs, exitFile }.SelectMany(File.ReadAllBytes)])), "input", shape, "float",
                classes == 10 ? "5,000 CIFAR-10 images (exits.csv, image_set test)" : "25,000 ImageNet images (exits.csv, image_set test)"),
            Machine = ProfileImport.Machine(device, server, partitions.First(r => r.Text("model") == network).Whole("repeats"), "2023"),
            Source = "https://github.com/MaryamEbr/PORTEND_Performance_Model, aws_profiling_results (Ebrahimi et al., PORTEND, ICPADS 2023); no licence file",
            AccuracySource = AssumedBits.Source + "; the exits' own accuracies are measured (threshold 1.0: every image leaves there)",
            Assumptions =
            [
                "memory of a head: its largest pair of a block's input and output as float32; weights are not in the data",
                "p90 of a time is its median: the data has no spread", "an exit's own layers take no time: the data has times of blocks only",
                .. classes == 1000 ? [JpegAssumption] : Array.Empty<string>(),
            ],
            Cuts = cuts,
            Exits = [.. exits.Select((b, e) => new ExitBranch(e, $"exit{b}", accuracy[b]))],
            Partitions = pairs,
            WholeMs = [.. exits.Select(b => ProfileImport.Ms(onDevice[(1, b)]))],
            Accuracy = cells,
            InputEncodings = Encodings(shape),
            Nodes = [.. Enumerable.Range(1, reach).Select(b => new ProfiledNode($"block{b}", "Block", BlockMs(onDevice, b), After(b).Bytes,
                [cuts[b - 1].Tensors[0].Name], [After(b)], BlockMs(onServer, b)))],
        };
    }

    internal const string JpegAssumption = "a JPEG of the input has 20 kB at 224 x 224 pixels, else as many bits a pixel, and loses no accuracy";

    /// <summary>Raw pixels of a byte a channel, and for photographs JPEG as assumed.</summary>
    internal static IReadOnlyList<InputEncoding> Encodings(IReadOnlyList<long> shape)
    {
        double pixels = shape[2] * shape[3];
        InputEncoding raw = new("raw", pixels * shape[1], 0, "one byte a pixel and channel");
        return pixels < 10_000 ? [raw] : [raw, new("jpeg", Math.Round(20_000 * pixels / (224 * 224)), 0, $"ASSUMED, not measured: {JpegAssumption}")];
    }

    private static Dictionary<(int First, int Last), double> TimesOf(IEnumerable<ImportRow> rows, string network, string machine) =>
        rows.Where(r => r.Text("model") == network && r.Text("device") == machine).GroupBy(r => (r.Whole("first_block"), r.Whole("last_block")))
            .ToDictionary(g => g.Key, g => g.Count() == 1 ? g.Single().Number("latency_ms")
                : throw new InputException(g.First().Table.Path, $"{g.Last().Line}", $"gives blocks {g.Key.Item1} to {g.Key.Item2} of {network} on {machine} again, allowed is once"));

    /// <summary>A block alone where it was timed alone, else what it adds to those before it.</summary>
    private static double BlockMs(Dictionary<(int, int), double> times, int block) => times.TryGetValue((block, block), out var alone) ? alone
        : Math.Max(0, times.GetValueOrDefault((1, block)) - times.GetValueOrDefault((1, block - 1)));

    /// <summary>Accuracy of each exit if every image leaves there.</summary>
    private static Dictionary<int, double> AccuracyOf(IEnumerable<ImportRow> rows, string network) =>
        rows.Where(r => r.Text("model") == network && r.Text("image_set") == "test" && r.Number("uncertainty_threshold") == 1 && r.Number("exited") > 0)
            .GroupBy(r => r.Whole("exit_block")).ToDictionary(g => g.Key, g => Math.Min(1, g.First().Number("correct_among_exited") / g.First().Number("exited")));

    /// <summary>Those asked for; else of the exits with at least a third of the last one's accuracy at most six, evenly spread, the last among them.</summary>
    private static int[] Choose(ProfileImport import, string file, Dictionary<int, double> accuracy, int last,
        Dictionary<(int, int), double> onDevice, Dictionary<(int, int), double> onServer)
    {
        int[] known = [.. accuracy.Keys.Where(b => b <= last && onDevice.ContainsKey((1, b)) && onServer.ContainsKey((1, b))).Order()];
        if (!known.Contains(last))
            throw new InputException(file, "exit_block", $"has no accuracy of the last block {last}, allowed is a row of image_set test at threshold 1");
        if (import.Exits is { } told)
            return told.Except(known).ToList() is { Count: > 0 } wrong
                ? throw new InputException(file, "exits", $"has no block {string.Join(", ", wrong)}, allowed: {string.Join(", ", known)}") : [.. told.Distinct().Order()];
        int[] fit = [.. known.Where(b => accuracy[b] >= accuracy[last] / 3)];
        return fit.Length <= MostExits ? fit : [.. Enumerable.Range(1, MostExits).Select(i => fit[i * fit.Length / MostExits - 1])];
    }

    /// <summary>Peak of input plus output over the first <paramref name="blocks"/> blocks, as float32.</summary>
    private static long Activations(long[] elements, int blocks) =>
        blocks == 0 ? 0 : Enumerable.Range(0, blocks).Max(b => elements[b] + (b + 1 < elements.Length ? elements[b + 1] : 0)) * 4;
}
