using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Inference.Codec.Lanes;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Runs;

namespace RlOffload.Training.Packing;

/// <summary>Starts the packed program as the unit will, without a server, and asks it once. Before that it has to prove that it reads the policy as this program does and decides as the policy did when it was trained.</summary>
internal static class FirstAnswer
{
    private const string Listens = "listening on ";

    /// <summary>Before the memory is read.</summary>
    private const int MoreAnswers = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <param name="command">Program and first arguments.</param>
    /// <exception cref="InputException">It ends with an error, with what it said, or understands the policy differently.</exception>
    public static async Task<PackStart> Measure(IReadOnlyList<string> command, string policy, TimeProvider clock, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            var help = await Help(command, clock, limit.Token).ConfigureAwait(false);
            foreach (var level in Levels(command[0]))
                await Prove(command, policy, level, limit.Token).ConfigureAwait(false);
            return await Ask(command, policy, help, clock, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new InputException("pack", "program", $"the packed program gave no sign of life for {Patience.TotalSeconds} s; nothing was packed");
        }
        catch (Exception e) when (e is HttpRequestException or Win32Exception)
        {
            throw Failed(e.Message);
        }
    }

    private static async Task<double> Help(IReadOnlyList<string> command, TimeProvider clock, CancellationToken cancel)
    {
        var from = clock.GetTimestamp();
        await Run(command, ["--help"], cancel).ConfigureAwait(false);
        return clock.GetElapsedTime(from).TotalSeconds;
    }

    /// <summary>Its golden vectors, replayed by that program, and its own word on the profile, compared with this one's: a part of a file that it read wrongly would show in either.</summary>
    private static async Task Prove(IReadOnlyList<string> command, string policy, SimdLevel? level, CancellationToken cancel)
    {
        var report = Path.Combine(Path.GetDirectoryName(policy)!, ".verified.json");
        try
        {
            await Run(command, ["verify", policy, "--json", report], cancel, level).ConfigureAwait(false);
            var (theirs, ours) = (JsonNode.Parse(await File.ReadAllBytesAsync(report, cancel).ConfigureAwait(false))!, JsonNode.Parse(ReportJson.Of(PolicyVerification.Run(policy)))!);
            foreach (var key in (string[])["vectors", "failures", "warnings", "notes", "passed"])
                if (!JsonNode.DeepEquals(theirs[key], ours[key]))
                    throw Failed($"verify {policy}: says {key} {theirs[key]?.ToJsonString()}, this program {ours[key]?.ToJsonString()}");
        }
        finally
        {
            File.Delete(report);
        }
    }

    /// <summary>As the program starts by itself, and each of those beside it that this machine can run, the one for every processor included.</summary>
    private static IEnumerable<SimdLevel?> Levels(string program)
    {
        var wide = WideProgram.Levels.Where(l => l <= Simd.Best && File.Exists(WideProgram.Beside(program, l))).ToList();
        return wide.Count == 0 ? [null] : [null, .. wide, SimdLevel.Vector128];
    }

    private static async Task Run(IReadOnlyList<string> command, IReadOnlyList<string> arguments, CancellationToken cancel, SimdLevel? level = null)
    {
        using var process = Start(command, arguments, level);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel).ConfigureAwait(false);
            if (process.ExitCode != 0)
                throw Failed(await errors.ConfigureAwait(false) is { Length: > 0 } said ? said : await output.ConfigureAwait(false));
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<PackStart> Ask(IReadOnlyList<string> command, string policy, double help, TimeProvider clock, CancellationToken cancel)
    {
        var from = clock.GetTimestamp();
        // Port 9 is 'discard' (RFC 863): nobody listens there, so the device answers alone.
        using var process = Start(command, ["run", policy, "--server", "http://127.0.0.1:9", "--listen", "127.0.0.1:0"]);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancel);
            while (await process.StandardOutput.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
                if (line.StartsWith(Listens, StringComparison.Ordinal))
                {
                    var parts = line[Listens.Length..].Split(", images of ");
                    var bytes = int.Parse(parts[1].Split(' ')[0], CultureInfo.InvariantCulture);
                    var answered = await Post(new Uri($"{parts[0]}/infer"), bytes, cancel).ConfigureAwait(false);
                    var seconds = clock.GetElapsedTime(from).TotalSeconds;
                    process.Refresh();
                    var resident = process.WorkingSet64;
                    var taken = await Ready(new Uri($"{parts[0]}/health"), FrozenPolicyFile.HashOf(FrozenPolicyFile.Read(policy)), cancel).ConfigureAwait(false);
                    // Only what answers brought back is what answers need.
                    for (var i = 0; i < MoreAnswers && answered; i++)
                        await Post(new Uri($"{parts[0]}/infer"), bytes, cancel).ConfigureAwait(false);
                    process.Refresh();
                    return new(help, answered ? seconds : null, resident, process.WorkingSet64, OwnMemory.Of(process.Id) ?? 0, taken, process.PeakWorkingSet64);
                }
            throw Failed(await errors.ConfigureAwait(false));
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>A black image, again while the parts are prepared.</summary>
    private static async Task<bool> Post(Uri address, int bytes, CancellationToken cancel)
    {
        using var http = new HttpClient();
        while (true)
        {
            using var content = new ByteArrayContent(new byte[bytes]);
            content.Headers.Add("Deadline-Ms", "10000");
            using var response = await http.PostAsync(address, content, cancel).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || response.Headers.RetryAfter is null)
                return response.IsSuccessStatusCode;
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the parts of all plans are open.</summary>
    /// <returns>Bytes that they took.</returns>
    private static async Task<long> Ready(Uri health, string policy, CancellationToken cancel)
    {
        using var http = new HttpClient();
        while (true)
        {
            var said = JsonNode.Parse(await http.GetStringAsync(health, cancel).ConfigureAwait(false))!;
            if (said["policy"]?.GetValue<string>() is { } read && read != policy)
                throw Failed($"it reads the policy as {read}, this program as {policy}");
            if (said["opening"]?.GetValue<bool>() == false)
                return said["part_bytes"]!.GetValue<long>();
            await Task.Delay(Pause, cancel).ConfigureAwait(false);
        }
    }

    private static Process Start(IReadOnlyList<string> command, IReadOnlyList<string> arguments, SimdLevel? level = null)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in command.Skip(1).Concat(arguments))
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in ServiceFiles.Variables)
            start.Environment[name] = value;
        if (level is { } asked)
            start.Environment[Simd.Variable] = Simd.Name(asked);
        return Process.Start(start) ?? throw Failed($"{command[0]} did not start");
    }

    private static InputException Failed(string said) =>
        new("pack", "program", $"the packed program does not run here, so nothing was packed: {said.Trim()}");
}
