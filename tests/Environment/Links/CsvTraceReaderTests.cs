using RlOffload.Environment;
using RlOffload.Environment.Links;

namespace RlOffload.Tests.Environment.Links;

public sealed class CsvTraceReaderTests : IDisposable
{
    private const string Irish = "Timestamp,NetworkMode,DL_bitrate,UL_bitrate\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheIrishDatasetIsKilobitsByTheClock()
    {
        var read = Read(Irish + "2019.12.31_23.59.58,5G,100,7\n2019.12.31_23.59.59,5G,-,7\n2020.01.01_00.00.00,LTE,300,7\n2020.01.01_00.00.00,LTE,500,7\n2020.01.01_00.00.02,LTE,,7\n");
        Assert.Equal("csv (Timestamp; DL_bitrate in kbit/s, Irish 5G)", read.Choice);
        Assert.Equal([100_000, 400_000], Rates(read));
        Assert.Equal(2, read.Trace.StartOf(1));
        Assert.Equal((1, 2), (read.Averaged, read.Skipped));
    }

    [Fact]
    public void AnotherColumnOfAKnownDatasetIsTakenWithItsUnit()
    {
        var text = Irish + "2019.12.31_23.59.58,5G,100,7\n2019.12.31_23.59.59,5G,1,9\n";
        var read = Read(text, new(Column: "UL_bitrate", Unit: RateUnit.Kbit));
        Assert.Equal([7000, 9000], Rates(read));
        Assert.Equal("csv (Timestamp; UL_bitrate in kbit/s)", read.Choice);
        Assert.Contains("the unit of 'UL_bitrate' is not known, allowed for --unit is bit/s, kbit/s, Mbit/s", Error(text, new(Column: "UL_bitrate")));
    }

    [Fact]
    public void TheMinneapolisDatasetIsMegabitsBySecondsWithQuotedCells()
    {
        var read = Read("timestamp,nrStatus_array,Throughput,time_since_start\n2021-01-24 12:18:48,\"['CONNECTED', 'NONE']\",466.0,0.0\n2021-01-24 12:18:49,['NONE'],1,1.0\n");
        Assert.Equal("csv (time_since_start; Throughput in Mbit/s, Minneapolis 5G)", read.Choice);
        Assert.Equal([466e6, 1e6], Rates(read));
    }

    [Fact]
    public void AnyOtherHeaderNeedsColumnAndUnit()
    {
        const string text = "td,5G_TBS,other\n2022-03-30 13:34:45.800,71.0,1\n2022-03-30 13:34:45.820,35.5,1\n";
        var read = Read(text, new(Column: "5G_TBS", Unit: RateUnit.Kbit, Scale: 4));
        Assert.Equal("csv (td; 5G_TBS in kbit/s x 4)", read.Choice);
        Assert.Equal([284_000, 142_000], Rates(read));
        Assert.Equal(0.04, read.Trace.DurationSeconds, 9);
        Assert.Contains("there is no column 'TBS', allowed for --column is one of: td, 5G_TBS, other", Error(text, new(Column: "TBS", Unit: RateUnit.Kbit)));
        Assert.Contains("name the rate by --column NAME and --unit UNIT", Error(text, new(TraceFormat.Csv)));
    }

    [Fact]
    public void TheTimeColumnIsFoundByItsUsualNameOrTold()
    {
        const string text = "probe,rate\n3,10\n4,20\n";
        Assert.Contains("name the time by --time-column NAME, allowed is one of: probe, rate", Error(text, new(Column: "rate", Unit: RateUnit.Mbit)));
        Assert.Equal([10e6, 20e6], Rates(Read(text, new(Column: "rate", TimeColumn: "probe", Unit: RateUnit.Mbit))));
        Assert.Contains("there is no column 'clock', allowed for --time-column", Error(text, new(Column: "rate", TimeColumn: "clock", Unit: RateUnit.Mbit)));
    }

    [Theory]
    [InlineData("2019.12.14_10.28.16,5G,1\n", ":2: has 3 cells, allowed is 4 as in the header")]
    [InlineData("2019.12.14_10.28.16,5G,1,1\n2019.13.14_10.28.16,5G,1,1\n", ":3: Timestamp is '2019.13.14_10.28.16', allowed is a time such as")]
    [InlineData("2019.12.14_10.28.16,5G,1,1\n17,5G,1,1\n", ":3: Timestamp is '17', allowed is a time such as")]
    [InlineData("1,5G,1,1\n2019.12.14_10.28.16,5G,1,1\n", ":3: Timestamp is '2019.12.14_10.28.16', allowed is a number of seconds")]
    [InlineData("2019.12.14_10.28.16,5G,fast,1\n", ":2: DL_bitrate is 'fast', allowed is a number in kbit/s, '-' or nothing")]
    [InlineData("2019.12.14_10.28.16,5G,-5,1\n", ":2: rate is -5, allowed is a finite rate")]
    [InlineData("2019.12.14_10.28.16,5G,NaN,1\n", ":2: rate is NaN, allowed is a finite rate")]
    [InlineData("2019.12.14_10.28.16,5G,1,1\n2019.12.14_10.28.10,5G,1,1\n", "allowed is a clock that steps back by 2 s at most")]
    [InlineData("", "there is no rate in it")]
    [InlineData("2019.12.14_10.28.16,5G,0,1\n2019.12.14_10.28.17,5G,0,1\n", "is 0 throughout")]
    public void GarbageIsRefusedWithItsLine(string rows, string reason)
    {
        var message = Error(Irish + rows, new());
        Assert.StartsWith(_folder.At("trace") + ":", message);
        Assert.Contains(reason, message);
    }

    private TraceReading Read(string text, TraceReadOptions? options = null) => TraceFile.Read(_folder.Write("trace", text), options);

    private string Error(string text, TraceReadOptions options) => Assert.Throws<InputException>(() => Read(text, options)).Message;

    private static double[] Rates(TraceReading read) => [.. Enumerable.Range(0, read.Trace.Segments).Select(read.Trace.RateOf)];
}
