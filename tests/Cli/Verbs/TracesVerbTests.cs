namespace RlOffload.Tests.Cli.Verbs;

public sealed class TracesVerbTests
{
    [Fact]
    public void HelpTeachesEachSubcommandWithAnExample()
    {
        foreach (var name in new[] { "inspect", "fit", "convert" })
        {
            var (exit, output, _) = CommandLine.Run("traces", name, "--help");
            Assert.Equal(0, exit);
            Assert.Contains($"rloffload traces {name} ", output);
        }
    }
}
