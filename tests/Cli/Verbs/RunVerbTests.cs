namespace RlOffload.Tests.Cli.Verbs;

public class RunVerbTests
{
    [Fact]
    public void AnAddressThatIsNoneAndAFolderThatIsNoneAreRefused()
    {
        string[] rest = ["--images", "x.idx", "--link", "y.txt"];
        var (exit, _, errors) = CommandLine.Run(["run", "nowhere", "--server", "ftp://x", .. rest]);
        Assert.Equal(2, exit);
        Assert.Contains("run:--server: is 'ftp://x'", errors, StringComparison.Ordinal);
        (exit, _, errors) = CommandLine.Run(["run", "nowhere", "--server", "http://127.0.0.1:1", .. rest]);
        Assert.Equal(2, exit);
        Assert.Contains("nowhere/policy.json:file: cannot be read", errors, StringComparison.Ordinal);
    }
}
