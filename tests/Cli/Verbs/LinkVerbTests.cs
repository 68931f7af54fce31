namespace RlOffload.Tests.Cli.Verbs;

public sealed class LinkVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryBadOptionIsNamed()
    {
        var (exit, _, errors) = CommandLine.Run("link", "--trace", _folder.At("absent.txt"), "--listen", "9000", "--to", "nowhere:x", "--loss", "2", "--rtt", "-1", "--scale", "0");
        Assert.Equal(2, exit);
        Assert.All(new[] { "link:--listen: is '9000'", "link:--to: is 'nowhere:x'", "link:--loss: is 2", "link:--rtt: is -1", "link:--scale: is 0" },
            problem => Assert.Contains(problem, errors, StringComparison.Ordinal));
        (exit, _, errors) = CommandLine.Run("link", "--trace", _folder.At("absent.txt"), "--listen", "127.0.0.1:0", "--to", "127.0.0.1:9");
        Assert.Equal(2, exit);
        Assert.Contains("absent.txt", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ARelayIsStoppedByASignalAndSaysWhatPassed()
    {
        var trace = _folder.Write("link.txt", "0 8\n1 8\n2 8\n");
        var (exit, output, errors) = CommandLine.Interrupt(
            _folder.Root, ["link", "--trace", trace, "--listen", "127.0.0.1:0", "--to", "127.0.0.1:9"], printed => printed.Contains("listening on", StringComparison.Ordinal));
        Assert.True(exit == 0, errors);
        Assert.Contains("8.00 Mbit/s up, 8.00 Mbit/s down, round trip 40.0 ms", output, StringComparison.Ordinal);
        Assert.Contains("stopped after 0 connections, 0 bytes up and 0 bytes down", output, StringComparison.Ordinal);
    }
}
