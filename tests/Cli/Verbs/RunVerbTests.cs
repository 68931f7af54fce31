using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using RlOffload.Inference.Policies;
using RlOffload.Tests.Inference;

namespace RlOffload.Tests.Cli.Verbs;

public class RunVerbTests
{
    [Fact]
    public async Task AFolderThatIsReplacedWhileRequestsComeTakesOverAndNoRequestIsLost()
    {
        using var folder = new TemporaryFolder();
        var network = new TestNetwork(folder, scenario: new() { Deadlines = new(Median: 20), Uplink = new(PriorBitsPerSecond: 1e8, PriorRtt: 0.002) });
        network.WritePolicy();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "rloffload.dll"), "run", network.PolicyPath, "--server", "http://127.0.0.1:1",
            "--listen", "127.0.0.1:0", "--watch", "0.1", "--json", folder.At("run.json")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var device = Process.Start(start)!;
        var errors = device.StandardError.ReadToEndAsync();
        var line = (await device.StandardOutput.ReadLineAsync())!;
        using var http = new HttpClient { BaseAddress = new Uri(line.Split(' ', ',')[2] + "/") };
        var (answers, stop) = (0, false);
        var asking = Enumerable.Range(0, 3).Select(async client =>
        {
            while (!Volatile.Read(ref stop))
            {
                using var answer = await http.PostAsync("infer", new ByteArrayContent(TestNetwork.Frame(client)));
                var text = await answer.Content.ReadAsStringAsync();
                if (text.Contains("prepares", StringComparison.Ordinal))
                    continue;
                Assert.True(answer.StatusCode == HttpStatusCode.OK || text.Contains("dropped", StringComparison.Ordinal), text);
                Interlocked.Increment(ref answers);
            }
        }).ToList();
        async Task Until(Func<Task<bool>> holds)
        {
            for (var i = 0; !await holds(); i++)
            {
                Assert.True(i < 3000 && !device.HasExited, $"{answers} answers");
                await Task.Delay(20);
            }
        }
        async Task<string?> Policy() => (string?)JsonNode.Parse(await http.GetStringAsync("health"))!["policy"];
        await Until(() => Task.FromResult(Volatile.Read(ref answers) > 20));
        var first = await Policy();

        var hash = network.WriteOtherPolicy(9);
        Assert.NotEqual(first, hash);
        await Until(async () => await Policy() == hash);

        File.AppendAllText(Path.Combine(network.PolicyPath, FrozenPolicyFile.Graph), "x");
        using (var hangUp = Process.Start("kill", ["-HUP", $"{device.Id}"]))
            hangUp.WaitForExit();
        var soFar = Volatile.Read(ref answers);
        await Until(() => Task.FromResult(Volatile.Read(ref answers) > soFar + 50));
        Assert.Equal(hash, await Policy());
        stop = true;
        await Task.WhenAll(asking);
        using (var end = Process.Start("kill", ["-TERM", $"{device.Id}"]))
            end.WaitForExit();
        await device.StandardOutput.ReadToEndAsync();
        await device.WaitForExitAsync();

        Assert.Equal(0, device.ExitCode);
        var report = JsonNode.Parse(File.ReadAllText(folder.At("run.json")))!;
        Assert.Equal(answers, (int)report["requests"]!);
        Assert.Equal(1, (int)report["swaps"]!["taken"]!);
        Assert.True((int)report["swaps"]!["refused"]! >= 1);
        Assert.Contains("policy.onnx:sha256: is", (string)report["swaps"]!["last_refusal"]!, StringComparison.Ordinal);
        Assert.Equal(hash, (string)report["swaps"]!["policy"]!);
        Assert.Contains("took over", await errors, StringComparison.Ordinal);
    }


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
