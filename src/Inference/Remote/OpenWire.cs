using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Emulation;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Remote;

/// <summary>
/// Any server of the Open Inference Protocol in which the tails are loaded as models. It need not know this project: durations are taken from the answer's
/// parameters where it says them.
/// </summary>
internal sealed class OpenWire : HttpWire
{
    private readonly Uri _server;
    private readonly RunClock _clock;
    private readonly PartitionSet _partitions;
    private readonly string _template, _network;
    private readonly OpenRequestWriter _heads;
    private readonly ConcurrentDictionary<(int Exit, int Cut), (Uri Address, string Head)> _models = new();

    /// <param name="template">How the server calls the tails (<see cref="OpenModelName"/>).</param>
    public OpenWire(Uri server, RunClock clock, ShapedLink? link, string? token, PartitionSet partitions, string template)
        : base(ServerConnection.Http(link, token))
    {
        (_server, _clock, _partitions, _template) = (server, clock, partitions, template);
        (_network, _heads) = (Path.GetFileNameWithoutExtension(partitions.Profile.Model.Path), new OpenRequestWriter(partitions));
    }

    public override async Task<bool> WarmUp(CancellationToken cancel)
    {
        using var ready = await Http.GetAsync(new Uri(_server, "v2/health/ready"), cancel).ConfigureAwait(false);
        return ready.IsSuccessStatusCode;
    }

    /// <summary>Those of the tails that the server does not have ready, by name.</summary>
    public async Task<IReadOnlyList<string>> Missing(IEnumerable<(int Exit, int Cut)> tails, CancellationToken cancel)
    {
        var missing = new List<string>();
        foreach (var (exit, cut) in tails)
        {
            var name = OpenModelName.Of(_template, _network, exit, cut);
            using var ready = await Http.GetAsync(new Uri(_server, $"v2/models/{Uri.EscapeDataString(name)}/ready"), cancel).ConfigureAwait(false);
            if (!ready.IsSuccessStatusCode)
                missing.Add(name);
        }
        return missing;
    }

    public override async Task<Reply> Exchange(Flight flight, int request, Action sent, CancellationToken cancel)
    {
        var plan = (flight.Plan.Exit, flight.Plan.Cut);
        var (address, head) = _models.TryGetValue(plan, out var known) ? known : _models[plan] = Model(plan.Exit, plan.Cut);
        using var content = new MessageContent(flight.Message.AsMemory(0, flight.MessageBytes), sent);
        content.Headers.TryAddWithoutValidation(OpenNames.HeadLength, head);
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        using var response = await Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            return await Reply.Refused(response, _clock.Now, cancel).ConfigureAwait(false);
        if (response.Content.Headers.ContentLength > MostAnswerBytes)
            return new Reply(Reason.Malformed, _clock.Now);
        var body = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        var said = response.Headers.TryGetValues(OpenNames.HeadLength, out var values) || response.Content.Headers.TryGetValues(OpenNames.HeadLength, out values)
            ? values.First() : null;
        return Read(body, said, plan.Exit, _clock.Now);
    }

    /// <summary>The protocol has no probes: the bytes go to an address that is none, and any answer says that they arrived.</summary>
    protected override async Task<Reply> Probe(bool isPing, Action sent, CancellationToken cancel)
    {
        using var content = new MessageContent(isPing ? default : new byte[(int)CostModel.ProbeBytes], sent);
        using var response = await Http.PostAsync(new Uri(_server, RemoteServer.ProbePath), content, cancel).ConfigureAwait(false);
        return new Reply(Reason.None, _clock.Now);
    }

    private (Uri, string) Model(int exit, int cut)
    {
        lock (_heads)
            return (new Uri(_server, $"v2/models/{Uri.EscapeDataString(OpenModelName.Of(_template, _network, exit, cut))}/infer"),
                _heads.HeadBytes(exit, cut).ToString(CultureInfo.InvariantCulture));
    }

    private Reply Read(byte[] body, string? said, int exit, double at)
    {
        var length = body.Length;
        if (said is not null && !(int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= body.Length))
            return new Reply(Reason.Malformed, at);
        try
        {
            using var json = JsonDocument.Parse(body.AsMemory(0, length));
            var numbers = Numbers(json.RootElement, body.AsSpan(length), _partitions.Profile.Exits[exit].AllOutputs[0]);
            if (numbers is null)
                return new Reply(Reason.Malformed, at);
            var timed = TryTimes(json.RootElement, exit, out var header);
            return new Reply(Reason.None, at, header, timed, Classes.Best(numbers), Received: header.ReceivedSeconds);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return new Reply(Reason.Malformed, at);
        }
    }

    /// <summary>Of the exit's first output; null where the answer does not hold it whole. Throws where a value is of another JSON kind.</summary>
    private float[]? Numbers(JsonElement answer, ReadOnlySpan<byte> binary, string output)
    {
        if (!answer.TryGetProperty("outputs", out var outputs))
            return null;
        var expected = (int)_partitions.Network.Tensors[output].Elements;
        foreach (var tensor in outputs.EnumerateArray())
        {
            var bytes = tensor.TryGetProperty("parameters", out var parameters) && parameters.TryGetProperty("binary_data_size", out var size) ? size.GetInt32() : -1;
            if (bytes > binary.Length)
                return null;
            if (tensor.GetProperty("name").GetString() == output)
                return tensor.GetProperty("datatype").GetString() != "FP32" ? null
                    : bytes == 4 * expected ? Floats(binary[..bytes])
                    : bytes < 0 && tensor.TryGetProperty("data", out var data) ? Flat(data) is { } flat && flat.Length == expected ? flat : null : null;
            binary = binary[Math.Max(bytes, 0)..];
        }
        return null;
    }

    private static float[] Floats(ReadOnlySpan<byte> bytes)
    {
        var numbers = new float[bytes.Length / 4];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(4 * i)..]);
        return numbers;
    }

    private static float[] Flat(JsonElement data) =>
        data.ValueKind == JsonValueKind.Array ? [.. data.EnumerateArray().SelectMany(Flat)] : [data.GetSingle()];

    private static bool TryTimes(JsonElement answer, int exit, out AnswerHeader header)
    {
        header = default;
        if (!answer.TryGetProperty("parameters", out var parameters) || parameters.ValueKind != JsonValueKind.Object
            || !parameters.TryGetProperty("waited_us", out var waited) || !waited.TryGetDouble(out var waitedUs) || !(waitedUs >= 0)
            || !parameters.TryGetProperty("computed_us", out var computed) || !computed.TryGetDouble(out var computedUs) || !(computedUs >= 0))
            return false;
        var received = parameters.TryGetProperty("received_us", out var told) && told.TryGetDouble(out var receivedUs) && receivedUs >= 0 ? receivedUs * 1e-6 : 0;
        header = new AnswerHeader(exit, 1, 0, waitedUs * 1e-6, computedUs * 1e-6, 0, ReceivedSeconds: received);
        return true;
    }
}
