using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Fitted links (JSON): read, then drawn from as a window of training would.</summary>
internal sealed class LinkModelTarget : IFuzzTarget
{
    private const double WindowSeconds = 25;

    private readonly string _file;
    private readonly Mutator _mutator;

    public LinkModelTarget(string folder, string? repository)
    {
        _file = Path.Combine(folder, "link.json");
        _mutator = new Mutator(InputShape.Text, [System.Text.Encoding.UTF8.GetBytes(Example), .. RepositoryFiles.Of(repository, "configs/links", "*.json").Select(File.ReadAllBytes)]);
    }

    /// <summary>A link of 0.5 to 6 Mbit/s with outages, made up.</summary>
    public static string Example { get; } = LinkModel.From(new LinkModelFile
    {
        Name = "example",
        Direction = "uplink",
        Source = "made up",
        Licence = "none needed",
        BinSeconds = 0.5,
        Quantiles = new([0, 0.1, 0.5, 0.9, 1], [0, 5e5, 1e6, 3e6, 6e6]),
        Process = new(0.2, [new(0.5, 10), new(0.2, 1)], 0.1),
        Rtt = new(30, 2, 0.5, "made up", 0, null),
    }).ToJson();

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        InputFile.Write(_file, input);
        var model = LinkModel.Read(_file);
        model.Rtt?.Quantile(0.99);
        var trace = model.Draw(1, 2, WindowSeconds);
        trace.TimeToSend(0.5, 1e5);
        return true;
    }

    public void Dispose() => File.Delete(_file);
}
