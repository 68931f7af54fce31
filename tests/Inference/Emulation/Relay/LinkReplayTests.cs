using RlOffload.Environment;
using RlOffload.Environment.Links;
using RlOffload.Inference.Emulation.Relay;

namespace RlOffload.Tests.Inference.Emulation.Relay;

/// <summary>The replay with a clock of the test's own: a sender that is always ready, woken late by up to 15 ms each time.</summary>
public sealed class LinkReplayTests
{
    private static readonly LinkImpairments Clean = new(RttModel.Constant(40));

    [Fact]
    public void ASteadyLinkTakesWhatItTakes()
    {
        var replay = new LinkReplay(Steady(8e6), Clean, 1, 0);
        Assert.Equal(new Passage(1.001, 1.021), Rounded(replay.Pass(1, 1000)));
        // Handed over early: it waits for the first.
        Assert.Equal(new Passage(1.002, 1.022), Rounded(replay.Pass(1, 1000)));
        Assert.Equal(new Passage(2.001, 2.021), Rounded(replay.Pass(2, 1000)));
        Assert.Equal(3000, replay.Bytes);
    }

    [DataFact("traces")]
    public void OfEveryFamilyOfTracesTheReplayedRateIsWithinThreePercentSecondBySecond()
    {
        var files = new[] { "mahimahi/Verizon-EVDO-driving.up", "mahimahi/TMobile-UMTS-driving.up", "hsdpa_norway", "fcc_broadband", "oboe", "puffer_2022-02-18", "lumos5g/4G", "irish_5g",
            "korea_nr_uplink/Downtown", "minneapolis_5g_power/uplink", "wifi_cellular_pairs" };
        var played = 0;
        foreach (var file in files.Select(f => SharedData.At($"traces/{f}")).Select(First))
            try
            {
                Assert.InRange(WorstSecond(TraceFile.Read(file).Trace), 0, 0.03);
                played++;
            }
            catch (InputException e) when (e.Message.Contains("column", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("format", StringComparison.OrdinalIgnoreCase))
            {
                // A family whose files cannot be told without options.
            }
        Assert.True(played >= 6, $"only {played} families were played");
    }

    [Fact]
    public void DrawnLinksAreReplayedWithinThreePercentSecondBySecond() => Assert.All(
        Directory.GetFiles(Repository.At("configs/links"), "*.json"), file => Assert.InRange(WorstSecond(LinkModel.Read(file).Draw(3, 0, 60)), 0, 0.03));

    [Fact]
    public void BytesArriveInOrderWhateverTheRoundTripsAre()
    {
        var replay = new LinkReplay(Steady(1e6), new LinkImpairments(RttModel.ShiftedLognormal(10, 3, 1), Loss: 0.1), 7, 0);
        var last = 0.0;
        for (var now = 0.0; now < 20; now += 0.007)
        {
            var passage = replay.Pass(now, 1000);
            Assert.True(passage.DeliveredAt >= last && passage.DeliveredAt >= passage.SentAt + 0.005);
            last = passage.DeliveredAt;
        }
    }

    [Fact]
    public void LossesAreAsManyAsAskedForAndTheSameBytesAreLostHoweverTheyAreHandedOver()
    {
        List<long> Lost(int piece)
        {
            var replay = new LinkReplay(Steady(8e8), new LinkImpairments(RttModel.Constant(40), Loss: 0.02), 5, 0);
            var lost = new List<long>();
            for (var at = 0L; at < 15_000_000; at += piece)
                // So far apart that no stall reaches the next piece.
                if (replay.Pass(at, piece) is var p && p.DeliveredAt - p.SentAt > 0.05)
                    lost.Add(at / 15_000);
            return [.. lost.Distinct()];
        }
        var single = Lost(1500);
        Assert.InRange(single.Count, 130, 240);
        Assert.Equal(single, Lost(15_000));
    }

    [Fact]
    public void OutagesAreDrawnBySeedAndNothingPassesInThem()
    {
        var impairments = new LinkImpairments(RttModel.Constant(40), OutagesPerMinute: 3, OutageSeconds: 2);
        var (trace, same, other) = (new LinkReplay(Steady(1e6, 6000), impairments, 1, 0).Trace, new LinkReplay(Steady(1e6, 6000), impairments, 1, 1).Trace, new LinkReplay(Steady(1e6, 6000), impairments, 2, 0).Trace);
        // 3 a minute, each 2 s: about a tenth of the time, the distances being counted from end to begin.
        Assert.InRange(trace.MeanBitsPerSecond / 1e6, 0.86, 0.95);
        Assert.Equal(trace.BitsBetween(0, 777), same.BitsBetween(0, 777));
        Assert.NotEqual(trace.BitsBetween(0, 777), other.BitsBetween(0, 777));
    }

    private static LinkTrace Steady(double rate, double seconds = 10) => LinkTrace.FromSamples("steady", [0], [rate], seconds);

    private static Passage Rounded(Passage p) => new(Math.Round(p.SentAt, 9), Math.Round(p.DeliveredAt, 9));

    private static string First(string path) => File.Exists(path) ? path : Directory.GetFiles(path, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First();

    /// <summary>Error of the worst second of a minute, of those in which the trace carries a packet or more, against the trace's bits of that second.</summary>
    private static double WorstSecond(LinkTrace trace)
    {
        const double Ahead = 0.02, Seconds = 60;
        var (replay, rng) = (new LinkReplay(trace, Clean, 1, 0), new Rng(4));
        var (carried, now) = (new double[(int)Seconds + 2], 0.0);
        var from = 0.0;
        while (from < Seconds)
        {
            var piece = replay.Piece(now);
            var passage = replay.Pass(now, piece);
            // Bytes of a piece leave evenly by the trace itself; what is tested is that the pieces follow each other without gaps.
            for (var at = from; at < passage.SentAt && at < Seconds; at = Math.Floor(at) + 1)
            {
                var until = Math.Min(Math.Floor(at) + 1, passage.SentAt);
                carried[(int)at] += piece * trace.BitsBetween(at, until) / Math.Max(trace.BitsBetween(from, passage.SentAt), 1e-9);
            }
            from = passage.SentAt;
            // Only who sleeps is woken late.
            if (passage.SentAt - Ahead > now)
                now = passage.SentAt - Ahead + 0.015 * rng.NextDouble();
        }
        return Enumerable.Range(0, (int)Seconds).Where(s => trace.BitsBetween(s, s + 1) >= 12_000)
            .Select(s => Math.Abs(8 * carried[s] / trace.BitsBetween(s, s + 1) - 1)).DefaultIfEmpty(0).Max();
    }
}
