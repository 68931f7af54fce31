using System.Diagnostics.Metrics;
using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Serving;

public sealed class PrometheusTextTests
{
    [Fact]
    public void CountersGaugesAndHistogramsAreWrittenAsPrometheusReadsThem()
    {
        using var meter = new Meter("test");
        var counter = meter.CreateCounter<long>("shop.sold", "By", "What was sold.");
        using var text = new PrometheusText(meter);
        meter.CreateObservableGauge("shop.open", () => 0.5, null, "How open.");
        var histogram = meter.CreateHistogram("shop.time", "s", "How long.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        KeyValuePair<string, object?> red = new("colour", "red"), odd = new("colour", "a\"b\\c\nd");
        counter.Add(3, red);
        counter.Add(2, odd);
        counter.Add(4, red);
        foreach (var seconds in new[] { 0.05, 0.1, 0.5, 7 })
            histogram.Record(seconds);
        Assert.Equal("""
            # HELP shop_open How open.
            # TYPE shop_open gauge
            shop_open 0.5
            # HELP shop_sold_bytes_total What was sold.
            # TYPE shop_sold_bytes_total counter
            shop_sold_bytes_total{colour="red"} 7
            shop_sold_bytes_total{colour="a\"b\\c\nd"} 2
            # HELP shop_time_seconds How long.
            # TYPE shop_time_seconds histogram
            shop_time_seconds_bucket{le="0.1"} 2
            shop_time_seconds_bucket{le="1"} 3
            shop_time_seconds_bucket{le="+Inf"} 4
            shop_time_seconds_sum 7.65
            shop_time_seconds_count 4

            """, text.Write());
    }

    [Fact]
    public void OnlyItsOwnMeterIsHeard()
    {
        using Meter meter = new("test"), other = new("test");
        using var text = new PrometheusText(meter);
        other.CreateCounter<long>("elsewhere").Add(1);
        Assert.Empty(text.Write());
    }
}
