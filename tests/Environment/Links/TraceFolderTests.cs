using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class TraceFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FoldersAreWalkedInOrdinalOrderWithoutDescriptions()
    {
        foreach (var name in new[] { "b/1", "B/1", "a10", "a2", "README", "readme.md", "b/README_source", "LICENSE", "b/license.txt", ".hidden", ".git/x" })
            _folder.Write(name, "0 1\n1 2\n");
        Assert.Equal(["B/1", "a10", "a2", "b/1"], TraceFolder.Read(_folder.Root).Select(r => r.Trace.Name));
        Assert.Equal(["1", "a2"], TraceFolder.Read([_folder.At("b/1"), _folder.At("a2")]).Select(r => r.Trace.Name));
    }

    [Fact]
    public void TheProblemsOfAllFilesAreNamedAtOnce()
    {
        _folder.Write("a", "0 1\n1 x\n");
        _folder.Write("b", "0 1\n1 2\n");
        _folder.Write("c", "garbage\n");
        var problems = Assert.Throws<InputException>(() => TraceFolder.Read(_folder.Root)).Problems;
        Assert.Equal(2, problems.Count);
        Assert.StartsWith(_folder.At("a") + ":2:", problems[0]);
        Assert.StartsWith(_folder.At("c") + ":1:", problems[1]);
    }

    [Fact]
    public void AFolderWithoutTracesAndAPathThatIsNotThereAreRefused()
    {
        _folder.Write("README", "");
        Assert.Contains("holds no trace", Assert.Throws<InputException>(() => TraceFolder.Read(_folder.Root)).Message);
        Assert.Contains("is not there", Assert.Throws<InputException>(() => TraceFolder.Read(_folder.At("absent"))).Message);
    }

    // Number of files, and pooled statistics of the samples as numpy computed them from the same files (Mbit/s).
    [DataFact("traces/hsdpa_norway")]
    public void TheNorwegianTracesAreReadAsTheyAre() => Family("hsdpa_norway", 80, 16475, 1.669, 0.4981, 1.437, 3.837, 0.0, "two-column (s, Mbit/s)");

    [DataFact("traces/fcc_broadband")]
    public void TheFccTracesAreReadAsTheyAre() => Family("fcc_broadband", 40, 11320, 1.268, 0.1993, 1.002, 3.942, 0.2, "two-column (s, Mbit/s)");

    [DataFact("traces/oboe")]
    public void TheOboeTracesAreReadAsTheyAre() => Family("oboe", 285, 13965, 2.886, 0.6259, 2.829, 5.467, 0.0, "two-column (s, Mbit/s)");

    [DataFact("traces/puffer_2022-02-18")]
    public void ThePufferTracesAreReadAsTheyAre() => Family("puffer_2022-02-18", 40, 240801, 1.759, 0.04045, 1.208, 4.653, 0.0, "two-column (s, Mbit/s)");

    [DataFact("traces/lumos5g")]
    public void TheLumosTracesAreReadAsTheyAre()
    {
        Family("lumos5g/4G", 117, 72141, 39.44, 3, 29, 109, 0.9, "two-column (s, Mbit/s)");
        Family("lumos5g/5G", 81, 47856, 529.8, 8, 443, 1410, 2.7, "two-column (s, Mbit/s)");
    }

    [DataFact("traces/irish_5g")]
    public void TheIrishTracesAreReadAsTheyAre()
    {
        var readings = TraceFolder.Read(SharedData.At("traces/irish_5g"));
        Assert.Equal(59, readings.Count);
        Assert.All(readings, r => Assert.Equal("csv (Timestamp; DL_bitrate in kbit/s, Irish 5G)", r.Choice));
        var merged = Assert.Single(readings, r => r.Warnings.Any(w => w.StartsWith("the clock steps back", StringComparison.Ordinal)));
        Assert.EndsWith("B_2019.11.27_07.29.47.csv", merged.Trace.Name);
    }

    [DataFact("traces/minneapolis_5g_power")]
    public void TheMinneapolisTracesAreReadAsTheyAre()
    {
        const string choice = "csv (time_since_start; Throughput in Mbit/s, Minneapolis 5G)";
        Assert.Equal(26, TraceFolder.Read(SharedData.At("traces/minneapolis_5g_power")).Count);
        var tmobile = new[] { "20075", "20076", "20085", "20086" }.Select(n => SharedData.At($"traces/minneapolis_5g_power/uplink/S20UPM-run{n}.csv"));
        // The statistics of this group were computed over one file more, so they agree roughly.
        var rates = Pooled(TraceFolder.Read(tmobile), choice);
        Assert.InRange(rates[rates.Length / 2], 0.95 * 68.1, 1.05 * 68.1);
        Assert.InRange(rates[(int)(0.95 * rates.Length)], 0.95 * 101, 1.05 * 101);
    }

    [DataFact("traces/mahimahi")]
    public void TheMahimahiTracesAreReadAsTheyAre()
    {
        const string choice = "mahimahi (ms, packets of 1500 bytes in bins of 0.1 s)";
        var readings = TraceFolder.Read(SharedData.At("traces/mahimahi"));
        Assert.Equal(7, readings.Count);
        One("TMobile-UMTS-driving.down", 9284, 2.02, 1.8, 5.64, 0.117);
        One("Verizon-EVDO-driving.down", 10620, 0.5205, 0.36, 1.8, 0.25);
        One("TMobile-UMTS-driving.up", 9305, 0.9438, 1.08, 1.44, 0.089);
        One("Verizon-EVDO-driving.up", 10636, 0.8435, 0.96, 1.44, 0.110);
        Assert.Contains("rate is 0 for 78.3 s", string.Join('\n', Assert.Single(readings, r => r.Trace.Name == "ATT-LTE-driving.up").Warnings));

        // The reference began its bins at the first packet instead of 0 ms, hence the tolerances.
        void One(string name, int bins, double mean, double p50, double p95, double zero)
        {
            var read = Assert.Single(readings, r => r.Trace.Name == name);
            var rates = Pooled([read], choice);
            Assert.InRange(rates.Length, bins, bins + 15);
            Assert.InRange(rates.Average(), mean * 0.99, mean * 1.01);
            Assert.InRange(rates[rates.Length / 2], p50 - 0.121, p50 + 0.121);
            Assert.InRange(rates[(int)(0.95 * rates.Length)], p95 - 0.121, p95 + 0.121);
            Assert.InRange(rates.Count(r => r == 0) / (double)rates.Length, zero - 0.005, zero + 0.005);
        }
    }

    [DataFact("traces/wifi_cellular_pairs")]
    public void TheWifiPairsAreReadAsTheyAre()
    {
        const string choice = "comma-bytes (s, bytes/s)";
        var readings = TraceFolder.Read(SharedData.At("traces/wifi_cellular_pairs"));
        Assert.Equal(40, readings.Count);
        Agree([.. readings.Where(r => r.Trace.Name.EndsWith("wifi.csv", StringComparison.Ordinal))], 1751, 28.64, 0, 26.41, 68.6, 11.0, choice);
        Agree([.. readings.Where(r => r.Trace.Name.EndsWith("cellular.csv", StringComparison.Ordinal))], 1736, 34.42, 1.047, 38.24, 69.05, 0.7, choice);
    }

    [DataFact("traces/korea_nr_uplink")]
    public void TheKoreanTracesAreReadByTheirColumn()
    {
        var readings = TraceFolder.Read(SharedData.At("traces/korea_nr_uplink"), new TraceReadOptions(Column: "5G_TBS", Unit: RateUnit.Kbit));
        Assert.Equal(2, readings.Count);
        Assert.Equal([8238, 16062], readings.Select(r => r.Samples));
        Assert.InRange(readings[0].Trace.MeanBitsPerSecond, 1.05e7, 1.07e7);
    }

    private static void Family(string folder, int files, int samples, double mean, double p5, double p50, double p95, double zeroPercent, string choice)
    {
        var readings = TraceFolder.Read(SharedData.At("traces/" + folder));
        Assert.Equal(files, readings.Count);
        Agree(readings, samples, mean, p5, p50, p95, zeroPercent, choice);
    }

    private static void Agree(IReadOnlyList<TraceReading> readings, int samples, double mean, double p5, double p50, double p95, double zeroPercent, string choice)
    {
        Assert.Equal(samples, readings.Sum(r => r.Samples));
        var rates = Pooled(readings, choice);
        Assert.InRange(rates.Average(), mean * 0.995, mean * 1.005);
        Near(p5, 0.05);
        Near(p50, 0.5);
        Near(p95, 0.95);
        Assert.InRange(100.0 * rates.Count(r => r == 0) / rates.Length, zeroPercent - 0.06, zeroPercent + 0.06);

        void Near(double expected, double p) => Assert.InRange(rates[(int)(p * rates.Length)], expected * 0.98 - 0.02, expected * 1.02 + 0.02);
    }

    /// <summary>Rates of all segments in Mbit/s, sorted.</summary>
    private static double[] Pooled(IReadOnlyList<TraceReading> readings, string choice)
    {
        Assert.All(readings, r => Assert.Equal(choice, r.Choice));
        double[] rates = [.. readings.SelectMany(r => Enumerable.Range(0, r.Trace.Segments).Select(i => r.Trace.RateOf(i) / 1e6))];
        Array.Sort(rates);
        return rates;
    }
}
