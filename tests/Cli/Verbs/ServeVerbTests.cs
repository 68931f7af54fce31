using System.Diagnostics;
using System.Text.Json.Nodes;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;
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
    public async Task ANetworkThatIsReplacedWhileMessagesComeTakesOverAndOneThatIsBrokenIsRefused()
    {
        using var folder = new TemporaryFolder();
        var other = new TestNetwork(folder, seed: 5);
        other.WritePolicy();
        using var server = Serve("--watch", "0.05", "--linger-s", "60");
        using var http = new HttpClient { BaseAddress = new Uri(Address(server) + "/") };
        using var old = new PartitionSet(_network.ModelPath, _network.Profile);
        using var next = new PartitionSet(other.ModelPath, other.Profile);
        var (answers, refused, stop) = (0, 0, false);
        var sending = new[] { old, next }.Select(partitions => Task.Run(async () =>
        {
            using var store = new TensorStore(partitions);
            byte[] message = [];
            var length = new RequestWriter(partitions, "raw").Write(new OffloadPlan(PlanKind.Remote, 1, 0, 0), 1, TestNetwork.Frame(3), store, ref message);
            new PixelCodec(partitions.Profile).Fill(TestNetwork.Frame(3), store.Input.Bytes);
            store.RunWhole(1);
            while (!Volatile.Read(ref stop))
            {
                using var answer = await http.PostAsync("infer", new ByteArrayContent(message, 0, length));
                var bytes = await answer.Content.ReadAsByteArrayAsync();
                if (partitions == next && answer.StatusCode == System.Net.HttpStatusCode.Conflict)
                {
                    Interlocked.Increment(ref refused);
                    continue;
                }
                Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {System.Text.Encoding.UTF8.GetString(bytes)}");
                var numbers = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes.AsSpan(AnswerHeader.Size)).ToArray();
                Assert.Equal(store.Answer(1)[0].Floats.ToArray(), numbers);
                Interlocked.Increment(ref answers);
            }
        })).ToList();
        async Task<JsonNode> Health() => JsonNode.Parse(await http.GetStringAsync("health"))!;
        async Task Until(Func<JsonNode, bool> holds)
        {
            for (var i = 0; !holds(await Health()); i++)
            {
                Assert.True(i < 3000 && !server.HasExited, $"{await Health()}");
                await Task.Delay(20);
            }
        }
        await Until(_ => answers > 10 && refused > 0);
        File.AppendAllText(_network.ModelPath, "x");
        await Until(h => (int)h["swaps_refused"]! >= 1);
        Assert.Equal(_network.Profile.Model.Sha256, (string)(await Health())["sha256"]!);

        foreach (var (from, to) in new[] { (other.ModelPath, _network.ModelPath), (other.ProfilePath, _network.ProfilePath), (Path.Combine(other.PolicyPath, "policy.onnx"), Path.Combine(_network.PolicyPath, "policy.onnx")),
            (Path.Combine(other.PolicyPath, "policy.json"), Path.Combine(_network.PolicyPath, "policy.json")) })
            TemporaryFolder.Replace(from, to);
        await Until(h => (int)h["swaps"]! == 1);
        Assert.Equal(other.Profile.Model.Sha256, (string)(await Health())["sha256"]!);
        // From now on nothing is refused: the new one is served, the old one lingers.
        await Task.Delay(20);
        var (soFar, before) = (answers, Volatile.Read(ref refused));
        await Until(_ => answers > soFar + 20);
        Assert.InRange(refused, before, before + 1);
        stop = true;
        await Task.WhenAll(sending);
        using var kill = Process.Start("kill", ["-TERM", $"{server.Id}"])!;
        kill.WaitForExit();
        await server.StandardOutput.ReadToEndAsync();
        await server.WaitForExitAsync();
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

    private Process Serve(params string[] more)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in new[] { Path.Combine(AppContext.BaseDirectory, "rloffload.dll"), "serve", _network.PolicyPath, "--port", "0" }.Concat(more))
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
