using RlOffload.Environment;
using RlOffload.Environment.Simulation;

namespace RlOffload.Tests.Environment.Simulation;

public sealed class ArrivalFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TimesCountFromTheFirstWhateverClockTheyWereTakenBy()
    {
        var times = ArrivalFile.Read(_folder.Write("arrivals.txt", "# s since 1970\n1700000000.25\n\n 1700000001.25\n1700000001.25\n1700000004.75\n"));
        Assert.Equal([0, 1, 1, 4.5], times);
        Assert.Equal(1.5, ArrivalFile.MeanGap(times));
    }

    [Theory]
    [InlineData("0\n1\nsoon\n", "arrivals.txt:3: is 'soon', allowed is one arrival time in s")]
    [InlineData("0\n1\n1e11\n", "arrivals.txt:3: is '1e11', allowed is one arrival time in s, of at most 10000000000")]
    [InlineData("0\n1\nNaN\n", "arrivals.txt:3: is 'NaN'")]
    [InlineData("0\n2\n1\n", "arrivals.txt:3: is 1 after 2, allowed is a time that does not fall")]
    [InlineData("3\n3\n", "arrivals.txt:file: holds 2 arrival times, allowed are two or more that are not all the same")]
    [InlineData("", "arrivals.txt:file: holds 0 arrival times")]
    public void WhatIsNoRecordingNamesItsLine(string text, string says) =>
        Assert.Contains(says, Assert.Throws<InputException>(() => ArrivalFile.Read(_folder.Write("arrivals.txt", text))).Message, StringComparison.Ordinal);

    [Fact]
    public void AFileThatIsNotThereIsToldSo() =>
        Assert.Contains("absent.txt:file: cannot be read", Assert.Throws<InputException>(() => ArrivalFile.Read(_folder.At("absent.txt"))).Message, StringComparison.Ordinal);
}
