using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.Http;

/// <summary>This project's messages (<see cref="RequestHeader"/>) as bodies of POST /infer, and probes.</summary>
internal sealed class MessageEndpoint(HttpDoor door)
{
    public const int MostProbeBytes = 1 << 20;

    public Task Infer(HttpContext http) => door.Guard(http, RefusalFormat.Text, () => Answer(http));

    private async Task Answer(HttpContext http)
    {
        if (await door.Identify(http, RefusalFormat.Text).ConfigureAwait(false) is not { } client)
            return;
        if (Length(http, door.Service.MostMessage, out var length) is { } wrong)
        {
            await door.Refuse(http, wrong, RefusalFormat.Text).ConfigureAwait(false);
            return;
        }
        if (door.Service.Enter(length) is { } full)
        {
            await door.Refuse(http, full, RefusalFormat.Text).ConfigureAwait(false);
            return;
        }
        try
        {
            var receipt = new Receipt();
            receipt.Begin(TimeProvider.System.GetTimestamp());
            using var job = new HttpJob(length) { Client = client, Length = length };
            if (await door.Read(http, job.Message.AsMemory(0, length), receipt).ConfigureAwait(false) is { } cut)
            {
                await door.Refuse(http, cut, RefusalFormat.Text, counts: false).ConfigureAwait(false);
                return;
            }
            (job.ReceiveSeconds, job.LinkSeconds) = (receipt.Seconds, receipt.LinkSeconds);
            if (!await door.Compute(http, job, RefusalFormat.Text).ConfigureAwait(false))
                return;
            http.Response.ContentType = "application/octet-stream";
            http.Response.ContentLength = job.AnswerBytes;
            await http.Response.Body.WriteAsync(job.Answer.AsMemory(0, job.AnswerBytes), http.RequestAborted).ConfigureAwait(false);
            door.Sent(job, job.AnswerBytes);
        }
        finally
        {
            door.Service.Leave(length);
        }
    }

    public Task Probe(HttpContext http) => door.Guard(http, RefusalFormat.Text, async () =>
    {
        if (await door.Identify(http, RefusalFormat.Text).ConfigureAwait(false) is null)
            return;
        if (Length(http, MostProbeBytes, out _) is { } wrong)
        {
            await door.Refuse(http, wrong, RefusalFormat.Text).ConfigureAwait(false);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 14);
        try
        {
            var receipt = new Receipt();
            receipt.Begin(TimeProvider.System.GetTimestamp());
            while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted).ConfigureAwait(false) is > 0 and var read)
                receipt.Came(read, TimeProvider.System.GetTimestamp());
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            http.Response.Headers[RemoteServer.PaceHeader] = door.Service.Model.Pace.Now.ToString(CultureInfo.InvariantCulture);
            http.Response.Headers[RemoteServer.ReceivedHeader] = (receipt.LinkSeconds * 1e6).ToString("F0", CultureInfo.InvariantCulture);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    });

    /// <summary>Of a body; null where it is announced and not too long.</summary>
    public static Refusal? Length(HttpContext http, long most, out int length)
    {
        length = 0;
        if (http.Request.ContentLength is not { } announced)
            return new Refusal(411, "content-length: is missing, allowed is the body's length");
        if (announced > most)
            return new Refusal(413, $"length: is {announced} bytes, allowed is {most} for this model");
        length = (int)announced;
        return null;
    }
}
