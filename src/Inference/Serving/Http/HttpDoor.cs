using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.Http;

/// <summary>How a refusal is told.</summary>
internal enum RefusalFormat : byte
{
    /// <summary>A line of text.</summary>
    Text,

    /// <summary>{"error": ...}, as the Open Inference Protocol has it.</summary>
    Json,
}

/// <summary>What every POST of a message has in common: who sends it, reading within limits, the way through the service, refusing.</summary>
internal sealed class HttpDoor(TailService service, ServerOptions options)
{
    public TailService Service => service;

    /// <summary>Who calls; null where a token is needed and is none of the list's: then that was told.</summary>
    public async ValueTask<string?> Identify(HttpContext http, RefusalFormat format)
    {
        if (options.Tokens is null)
            return http.Connection.Id;
        if (options.Tokens.NameOfHeader(http.Request.Headers.Authorization) is { } name)
            return name;
        http.Response.Headers.WWWAuthenticate = "Bearer";
        await Refuse(http, new Refusal(401, "authorization: is no known token, allowed is Bearer TOKEN"), format).ConfigureAwait(false);
        return null;
    }

    /// <summary>Reads so many bytes of the body; null where they came whole and in time.</summary>
    /// <param name="receipt">Of the body; begun.</param>
    public async ValueTask<Refusal?> Read(HttpContext http, Memory<byte> to, Receipt receipt)
    {
        for (var at = 0; at < to.Length;)
        {
            var read = await http.Request.Body.ReadAsync(to[at..], http.RequestAborted).ConfigureAwait(false);
            if (read == 0)
                return new Refusal(400, $"length: the body ends {to.Length - at} bytes before what was announced");
            at += read;
            receipt.Came(read, TimeProvider.System.GetTimestamp());
            if (at < to.Length && receipt.Seconds > options.MostReceive.TotalSeconds)
                return new Refusal(408, FormattableString.Invariant($"body: took longer than {options.MostReceive.TotalSeconds} s"));
        }
        return null;
    }

    /// <summary>Takes a message that was read through the queue and the tail.</summary>
    /// <returns>Whether there is an answer to write; else the refusal was told, or nobody is there to be told.</returns>
    public async ValueTask<bool> Compute(HttpContext http, HttpJob job, RefusalFormat format)
    {
        using var activity = service.Meters.Source.StartActivity("infer", ActivityKind.Internal);
        if (service.Submit(job) is { } refusal)
        {
            await Refuse(http, refusal, format).ConfigureAwait(false);
            return false;
        }
        using (http.RequestAborted.UnsafeRegister(static j => ((Job)j!).Abandon(), job))
            await job.Completed.ConfigureAwait(false);
        if (activity is not null)
            Describe(activity, job);
        if (job.Abandoned)
        {
            service.Meters.Abandon();
            return false;
        }
        if (job.Refusal is not { } failed)
            return true;
        await Refuse(http, failed, format).ConfigureAwait(false);
        return false;
    }

    /// <summary>The answer was handed to the connection.</summary>
    public void Sent(HttpJob job, long bytes) =>
        service.Meters.Answer(job, Math.Max(0, TimeProvider.System.GetElapsedTime(job.Begun).TotalSeconds - job.UnpackSeconds - job.TailSeconds), bytes);

    public async Task Refuse(HttpContext http, Refusal refusal, RefusalFormat format, bool counts = true)
    {
        if (counts)
            service.Meters.Refuse(refusal);
        options.Log.Debug("Refused {Status} {Problem} from {Client}", refusal.Status, refusal.Problem, http.Connection.RemoteIpAddress);
        if (http.Response.HasStarted)
            return;
        http.Response.StatusCode = refusal.Status;
        if (refusal.RetryAfter > 0)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(refusal.RetryAfter).ToString(CultureInfo.InvariantCulture);
            http.Response.Headers["Retry-After-Ms"] = Math.Ceiling(refusal.RetryAfter * 1000).ToString(CultureInfo.InvariantCulture);
        }
        var json = format == RefusalFormat.Json;
        http.Response.ContentType = json ? "application/json" : "text/plain";
        await http.Response.WriteAsync(json ? $$"""{"error":"{{JsonEncodedText.Encode(refusal.Problem)}}"}""" : refusal.Problem + "\n").ConfigureAwait(false);
    }

    /// <summary>Runs what answers a request; a device that leaves in the middle is nobody's fault.</summary>
    public async Task Guard(HttpContext http, RefusalFormat format, Func<Task> answer)
    {
        try
        {
            await answer().ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            // Mostly a device that gave its transfer up, so this is not counted.
            await Refuse(http, new Refusal(e.StatusCode, $"body: {e.Message}"), format, counts: false).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            service.Meters.Abandon();
        }
    }

    private static void Describe(Activity activity, Job job)
    {
        activity.SetTag("rloffload.exit", job.Header.Exit).SetTag("rloffload.split", job.Header.Cut).SetTag("rloffload.bits", job.Header.Bits)
            .SetTag("rloffload.client", job.Client).SetTag("rloffload.bytes", job.Length).SetTag("rloffload.batch", job.Batch)
            .SetTag("rloffload.waited_s", job.WaitedSeconds).SetTag("rloffload.unpack_s", job.UnpackSeconds).SetTag("rloffload.tail_s", job.TailSeconds);
        if (job.Refusal is { } refusal)
            activity.SetStatus(ActivityStatusCode.Error, refusal.Problem);
    }
}
