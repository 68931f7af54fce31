using System.Security.Cryptography;

namespace RlOffload.Environment.Profiles.Imports;

/// <summary>
/// Keras networks timed block by block on a Raspberry Pi 4 and four other machines by Lockhart et al. (Scission, UCC 2020), one CSV a machine. Scission adds block
/// times up, and so does this: a whole partition may be quicker.
/// </summary>
internal static class ScissionImport
{
    /// <summary>Bytes that the source counts to each tensor beside its float32 numbers.</summary>
    private const int Header = 128;

    /// <summary>Top-1 of the pre-trained networks and the side of their input, https://keras.io/api/applications/ ("Available models").</summary>
    private static readonly IReadOnlyDictionary<string, (double Accuracy, int Side)> Networks = new Dictionary<string, (double, int)>
    {
        ["xception"] = (0.790, 299), ["vgg16"] = (0.713, 224), ["vgg19"] = (0.713, 224), ["resnet50"] = (0.749, 224), ["resnet50v2"] = (0.760, 224),
        ["resnet101"] = (0.764, 224), ["resnet101v2"] = (0.772, 224), ["resnet152"] = (0.766, 224), ["resnet152v2"] = (0.780, 224),
        ["inception_v3"] = (0.779, 299), ["inceptionresnet_v2"] = (0.803, 299), ["mobilenet"] = (0.704, 224), ["mobilenetv2"] = (0.713, 224),
        ["densenet121"] = (0.750, 224), ["densenet169"] = (0.762, 224), ["densenet201"] = (0.773, 224), ["nasnetmobile"] = (0.744, 224), ["nasnetlarge"] = (0.825, 331),
    };

    public static ModelProfile Read(ProfileImport import)
    {
        var machines = Directory.Exists(import.Folder)
            ? Directory.GetFiles(import.Folder, "*.csv").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n.Split('-')[0] is "device" or "edge" or "cloud").Order(StringComparer.Ordinal).ToList()
            : [];
        var device = ProfileImport.Choose(import.Folder, "device", import.Device, machines);
        var server = ProfileImport.Choose(import.Folder, "server", import.Server, machines);
        string devicePath = Path.Combine(import.Folder, device + ".csv"), serverPath = Path.Combine(import.Folder, server + ".csv");
        var (here, there) = (ReadMachine(devicePath), ReadMachine(serverPath));
        var network = ProfileImport.Choose(devicePath, "network", import.Network, here.Select(r => r.Text("model")));
        ImportRow[] blocks = [.. here.Where(r => r.Text("model") == network).OrderBy(r => r.Whole("block"))], away = [.. there.Where(r => r.Text("model") == network).OrderBy(r => r.Whole("block"))];
        if (!Networks.TryGetValue(network, out var known))
            throw new InputException(devicePath, network, $"is a network of unknown accuracy, allowed: {string.Join(", ", Networks.Keys)}");
        if (away.Length != blocks.Length)
            throw new InputException(serverPath, network, $"has {away.Length} blocks, {devicePath} has {blocks.Length}; allowed are the same");
        if (import.Exits is { } told && told.Any(b => b != blocks.Length))
            throw new InputException(devicePath, "exits", $"are [{string.Join(", ", told)}], but these networks have no early exits; allowed is none");

        var last = blocks.Length;
        double[] head = Sums(blocks), served = Sums(away);
        long[] elements = [3L * known.Side * known.Side, .. blocks.Select(Elements)];
        var cuts = Enumerable.Range(0, last + 1).Select(k =>
        {
            var name = k == 0 ? "input" : k == last ? "exit" : $"block{k}";
            return new CutPoint(k, name, [new(name, elements[k], elements[k] * 4)]);
        }).ToList();
        var partitions = new List<Partition>();
        var cells = new List<AccuracyCell>();
        for (var k = 0; k < last; k++)
        {
            partitions.Add(new(0, k, false, ProfileImport.Ms(head[k]), ProfileImport.Ms(head[last] - head[k]), Activations(elements, k), head[k], head[last] - head[k],
                ProfileImport.Ms(served[last] - served[k])));
            if (k > 0)
                cells.AddRange(AssumedBits.Widths.Select(b => new AccuracyCell(0, k, b, known.Accuracy * (1 - AssumedBits.Loss(b, head[k] / head[last])))));
        }
        partitions.Add(new(0, last, true, ProfileImport.Ms(head[last]), ProfileImport.Ms(0), Activations(elements, last), head[last]));
        long[] shape = [1, 3, known.Side, known.Side];
        return new ModelProfile
        {
            Model = new(network, Convert.ToHexStringLower(SHA256.HashData([.. File.ReadAllBytes(devicePath), .. File.ReadAllBytes(serverPath)])), "input", shape, "float"),
            Machine = ProfileImport.Machine(device, server, 1, "2020"),
            Source = "https://github.com/qub-blesson/Scission, commit b765b2b, benchmark_data (Lockhart et al., Scission, UCC 2020); no licence file",
            AccuracySource = AssumedBits.Source + "; the exit's own accuracy is the published top-1 of https://keras.io/api/applications/",
            Assumptions =
            [
                "a partition takes the sum of its blocks' times, as in Scission", "p90 of a time is its median: the data has no spread",
                "memory of a head: its largest pair of a block's input and output as float32; weights are not in the data",
                $"a block's output holds {Header} bytes beside its numbers", PortendImport.JpegAssumption,
            ],
            Cuts = cuts,
            Exits = [new(0, "exit", known.Accuracy)],
            Partitions = partitions,
            WholeMs = [ProfileImport.Ms(head[last])],
            Accuracy = cells,
            InputEncodings = PortendImport.Encodings(shape),
            Nodes = [.. blocks.Select((r, k) => new ProfiledNode($"block{k + 1}", "Block", r.Number("time_s") * 1000, cuts[k + 1].Bytes,
                [cuts[k].Tensors[0].Name], [cuts[k + 1].Tensors[0]], away[k].Number("time_s") * 1000))],
        };
    }

    private static IReadOnlyList<ImportRow> ReadMachine(string path) => ImportTable.Read(path, "model", "block", "time_s", "output_bytes").Rows;

    /// <summary>ms of the first k blocks, k from 0 to all.</summary>
    private static double[] Sums(ImportRow[] blocks)
    {
        var sums = new double[blocks.Length + 1];
        for (var k = 0; k < blocks.Length; k++)
            sums[k + 1] = sums[k] + blocks[k].Number("time_s") * 1000;
        return sums;
    }

    private static long Elements(ImportRow block) => block.Whole("output_bytes") is > Header and var bytes && (bytes - Header) % 4 == 0 ? (bytes - Header) / 4
        : throw new InputException(block.Table.Path, $"{block.Line}", $"output_bytes is {block.Text("output_bytes")}, allowed is {Header} and 4 a number");

    private static long Activations(long[] elements, int blocks) => blocks == 0 ? 0 : Enumerable.Range(0, blocks).Max(b => elements[b] + elements[b + 1]) * 4;
}
