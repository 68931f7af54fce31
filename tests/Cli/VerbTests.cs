using RlOffload.Tests.Training;

namespace RlOffload.Tests.Cli;

public sealed class VerbTests
{
    [Theory]
    [InlineData("train", "bad.yaml", "--out", "OUT")]
    [InlineData("train", "test.yaml", "--set", "uplink.input_encoding=jpeg", "--out", "OUT")]
    [InlineData("evaluate", "bad.yaml", "--policy", "static", "--json", "OUT")]
    [InlineData("evaluate", "test.yaml", "--policy", "oracle-of-delphi", "--json", "OUT")]
    [InlineData("profile", "bad.yaml", "--out", "OUT")]
    [InlineData("verify", "empty")]
    [InlineData("traces", "inspect", "bad.yaml")]
    [InlineData("doctor", "test.yaml", "--json", "empty")]
    [InlineData("conquer", "test.yaml")]
    [InlineData("train", "test.yaml", "--sed", "3")]
    public void WhatIsWrongIsOneMessageWithExitCodeTwoAndNothingIsWritten(params string[] command)
    {
        using var config = new TestConfig();
        config.Write("bad.yaml", "garbage: [1\n");
        Directory.CreateDirectory(config.At("empty"));
        string[] before = Everything();

        var (exit, output, errors) = CommandLine.Run([.. command.Select(a => a is "OUT" or "empty" or "bad.yaml" or "test.yaml" ? config.At(a) : a)]);

        Assert.True(exit == 2, $"exit code {exit}: {output}{errors}");
        Assert.NotEqual("", errors.Trim());
        Assert.DoesNotContain("   at RlOffload.", errors + output);
        Assert.Equal(before, Everything());

        string[] Everything() => [.. Directory.GetFileSystemEntries(config.At("."), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }
}
