using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Runs;

namespace RlOffload.Tests.Inference.Runs;

public sealed class FilePagesTests : IDisposable
{
    private const string Library = "libonnxruntime.so";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OnlyWhatIsNeverWrittenIsLetGo()
    {
        if (!OperatingSystem.IsLinux())
            return;
        OrtEnv.Instance();
        var all = FilePages.Of(_ => true);
        var library = FilePages.Of(IsLibrary);
        Assert.True(all.Count > library.Count && library.Count >= 2, $"{all.Count} {library.Count}");
        Assert.True(library.Sum(p => (long)p.Bytes) > 1 << 20);
        var mappings = Mappings().ToList();
        foreach (var (start, bytes) in library)
            Assert.All(mappings.Where(m => m.From < start + (nint)bytes && m.To > start), m => Assert.True(m is { Writable: false, IsLibrary: true }));
    }

    [Fact]
    public void ANetworkAnswersAsBeforeAndTheLibraryIsNoLongerAllInMemory()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var files = new TestNetwork(_folder);
        using var partitions = new PartitionSet(files.ModelPath, files.Profile);
        using var store = new TensorStore(partitions);
        new RlOffload.Inference.Codec.PixelCodec(files.Profile).Fill(TestNetwork.Frame(1), store.Input.Bytes);
        store.RunWhole(1);
        var answer = store.Answer(1)[0].Floats.ToArray();
        // Tests beside this one may open networks at any moment, which brings all of it back.
        Assert.Contains(Enumerable.Range(0, 20), _ =>
        {
            var before = Resident();
            FilePages.LetGo();
            store.RunWhole(1);
            Assert.Equal(answer, store.Answer(1)[0].Floats.ToArray());
            return Resident() < before;
        });
    }

    private static long Resident() => Mappings().Where(m => m.IsLibrary && !m.Writable).Sum(m => m.Resident);

    private static bool IsLibrary(string path) => path.EndsWith(Library, StringComparison.Ordinal);

    /// <summary>As the system tells them (proc(5)).</summary>
    private static IEnumerable<(nint From, nint To, bool Writable, bool IsLibrary, long Resident)> Mappings()
    {
        (nint From, nint To, bool Writable, bool IsLibrary) mapping = default;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
                yield return (mapping.From, mapping.To, mapping.Writable, mapping.IsLibrary, long.Parse(line["Rss:".Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture));
            else if (line.Split(' ')[0].Split('-') is [var from, var to])
                mapping = (nint.Parse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture), nint.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture), line.Split(' ')[1][1] == 'w', IsLibrary(line));
    }
}
