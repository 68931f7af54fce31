using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Serving;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Lists of a line an entry: clients' tokens, recorded arrivals. The first byte of an input says which, the rest is the file.</summary>
internal sealed class ListTarget : IFuzzTarget
{
    private readonly string _file;
    private readonly Mutator _mutator;
    private readonly double[] _times = new double[8];

    public ListTarget(string folder)
    {
        _file = Path.Combine(folder, "list");
        _mutator = new Mutator(InputShape.Text,
        [
            [0, .. "# devices\ncamera 0123456789abcdef\n\ndoor fedcba9876543210 \n"u8], [0, .. "a AAAAAAAAAAAAAAAAAAAAAAAA"u8],
            [1, .. "# s\n0\n0.5\n0.75\n3\n1e1\n"u8], [1, .. "100.25\n101\n101\n108.5"u8],
        ]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        var list = input.AsSpan(Math.Min(1, input.Length));
        InputFile.Write(_file, list);
        if (input.Length == 0 || input[0] % 2 == 0)
        {
            var tokens = TokenList.Read(_file);
            _ = tokens.NameOfHeader("Bearer " + Encoding.UTF8.GetString(list));
            return true;
        }
        var recorded = ArrivalFile.Read(_file);
        Arrivals.Draw(new ArrivalSpec(ArrivalKind.Recorded, MeanGap: ArrivalFile.MeanGap(recorded), Recorded: recorded), seed: 1, window: 0, _times);
        return _times.All(double.IsFinite) ? true : throw new InvalidOperationException($"arrivals at {string.Join(", ", _times)}");
    }

    public void Dispose() => File.Delete(_file);
}
