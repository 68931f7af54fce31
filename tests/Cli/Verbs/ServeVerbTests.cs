using System.Diagnostics;
using System.Text.Json.Nodes;
using RlOffload.Inference.Images;
using RlOffload.Tests.Inference;

namespace RlOffload.Tests.Cli.Verbs;

public sealed class ServeVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;

    public ServeVerbTests()
    {
        _network = new TestNetwork(_folder);
        _network.WritePolicy();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OneProcessServesAnotherRunsAndASignalStopsTheServer()
    {
        using var frames = new IdxWriter(_folder.At("frames.idx"), 5, 3, 16, 16);
        using var labels = new IdxWriter(_folder.At("frames-labels.idx"), 5);
        for (var i = 0; i < 5; i++)
        {
            frames.Write(TestNetwork.Frame(i));
            labels.Write([(byte)i]);
        }
        frames.Commit();
        labels.Commit();
        using var server = Serve();
        var url = Address(server);
        var (exit, output, errors) = CommandLine.Run("run", _network.PolicyPath, "--server", url, "--images", _folder.At("frames.idx"),
            "--link", _folder.Write("link.txt", "0 0.4\n1 0.2\n2 0.6\n"), "--requests", "30", "--json", _folder.At("run.json"));
        Assert.True(exit == 0, errors);
        Assert.Contains("emulated: device 10 x", output, StringComparison.Ordinal);
        var report = JsonNode.Parse(File.ReadAllText(_folder.At("run.json")))!;
        Assert.Equal(30, (int)report["requests"]!);
        Assert.True((bool)report["server_answered"]!);
        Assert.Equal(30, report["outcomes"]!.AsObject().Sum(o => (int)o.Value!));

        using var kill = Process.Start("kill", ["-TERM", $"{server.Id}"])!;
        kill.WaitForExit();
        Assert.Contains("stopped after", server.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        server.WaitForExit();
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public void WhatCannotBeServedIsOneErrorAndExitCodeTwo()
    {
        var (exit, _, errors) = CommandLine.Run("serve", _folder.At("absent.onnx"));
        Assert.Equal(2, exit);
        Assert.Contains("absent.onnx:DIR|MODEL: is not there", errors, StringComparison.Ordinal);
        (exit, _, errors) = CommandLine.Run("serve", _network.ModelPath, "--port", "70000");
        Assert.Equal(2, exit);
        Assert.Contains("serve:--port: is 70000", errors, StringComparison.Ordinal);
    }

    private Process Serve()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "rloffload.dll"), "serve", _network.PolicyPath, "--port", "0" })
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static string Address(Process server)
    {
        while (server.StandardOutput.ReadLine() is { } line)
            if (line.StartsWith("listening on ", StringComparison.Ordinal))
                return line["listening on ".Length..];
        throw new InvalidOperationException("the server ended before it listened");
    }
}
