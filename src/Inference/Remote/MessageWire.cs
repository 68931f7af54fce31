using System.Buffers;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>This project's messages as bodies of POST /infer.</summary>
internal sealed class MessageWire : HttpWire
{
    /// <summary>A probe's request line and headers, which belong to its bytes.</summary>
    private const int ProbeHead = 140;

    private readonly Uri _infer, _probe, _health;
    private readonly RunClock _clock;
    private readonly byte[] _train = new byte[(int)CostModel.ProbeBytes - ProbeHead];

    /// <param name="server">Such as http://10.0.0.2:8500/.</param>
    public MessageWire(Uri server, RunClock clock, ShapedLink? link, string? token)
        : base(ServerConnection.Http(link, token))
    {
        (_infer, _probe, _health) = (new Uri(server, RemoteServer.InferPath), new Uri(server, RemoteServer.ProbePath), new Uri(server, RemoteServer.HealthPath));
        _clock = clock;
    }

    public override async Task<bool> WarmUp(CancellationToken cancel)
    {
        using var content = new MessageContent(_train.AsMemory(0, 64), () => { });
        using var probe = await Http.PostAsync(_probe, content, cancel).ConfigureAwait(false);
        using var health = await Http.GetAsync(_health, cancel).ConfigureAwait(false);
        return probe.IsSuccessStatusCode && health.IsSuccessStatusCode;
    }

    public override async Task<Reply> Exchange(Flight flight, int request, Action sent, CancellationToken cancel)
    {
        using var content = new MessageContent(flight.Message.AsMemory(0, flight.MessageBytes), sent);
        using var message = new HttpRequestMessage(HttpMethod.Post, _infer) { Content = content };
        using var response = await Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            return await Reply.Refused(response, _clock.Now, cancel).ConfigureAwait(false);
        if (response.Content.Headers.ContentLength is not (>= AnswerHeader.Size and <= MostAnswerBytes and var length))
            return new Reply(Reason.Malformed, _clock.Now);
        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
            await stream.ReadExactlyAsync(buffer.AsMemory(0, (int)length), cancel).ConfigureAwait(false);
            return Read(buffer.AsSpan(0, (int)length), request, flight.Plan.Exit, _clock.Now);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override async Task<Reply> Probe(bool isPing, Action sent, CancellationToken cancel)
    {
        using var content = new MessageContent(isPing ? default(ReadOnlyMemory<byte>) : _train, sent);
        using var message = new HttpRequestMessage(HttpMethod.Post, _probe) { Content = content };
        using var response = await Http.SendAsync(message, cancel).ConfigureAwait(false);
        return new Reply(Reason.None, _clock.Now, Pace: Number(response, RemoteServer.PaceHeader), Received: Number(response, RemoteServer.ReceivedHeader) * 1e-6);
    }

    /// <returns>0 where it is not said.</returns>
    private static double Number(HttpResponseMessage response, string header) => response.Headers.TryGetValues(header, out var said)
        && double.TryParse(said.First(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < double.PositiveInfinity ? number : 0;

    /// <summary>What an answer says, if it is one and of this request.</summary>
    private static Reply Read(ReadOnlySpan<byte> answer, int request, int exit, double at)
    {
        var header = AnswerHeader.Read(answer, out var problem);
        return problem is not null ? new Reply(Reason.Malformed, at) : Read(header, answer, request, exit, at);
    }

    /// <summary>The same of an answer that is one.</summary>
    public static Reply Read(in AnswerHeader header, ReadOnlySpan<byte> answer, int request, int exit, double at) =>
        header.Request != (ulong)request || header.Exit != exit ? new Reply(Reason.Malformed, at)
            : new Reply(Reason.None, at, header, Timed: true, Classes.Best(MemoryMarshal.Cast<byte, float>(answer[AnswerHeader.Size..])), Received: header.ReceivedSeconds);
}
