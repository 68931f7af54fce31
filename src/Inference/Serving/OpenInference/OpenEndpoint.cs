using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RlOffload.Inference.Serving.Http;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.OpenInference;

/// <summary>
/// The Open Inference Protocol, version 2, over REST with the binary tensor extension: health, metadata and infer, for the network (which part of it, by the
/// parameters exit, split and bits) and for each tail under a name of its own.
/// </summary>
internal sealed class OpenEndpoint
{
    /// <summary>Of the JSON before binary tensors.</summary>
    private const int MostHead = 64 << 10;

    /// <summary>A float32 as text takes no more than that, the comma included.</summary>
    private const int MostTextBytes = 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    private readonly HttpDoor _door;

    public OpenEndpoint(HttpDoor door) => _door = door;

    /// <summary>Of the networks that are served now.</summary>
    private long MostBody => Math.Max(MostJson, MostHead + _door.Service.MostMessage);

    private int MostJson => (int)Math.Min(int.MaxValue / 2, MostHead + MostTextBytes * _door.Service.MostElements);

    public void Map(WebApplication app)
    {
        app.MapGet("/v2", http => Write(http, json =>
        {
            json.WriteString("name", "rloffload");
            json.WriteString("version", Assembly.GetExecutingAssembly().GetName().Version!.ToString(3));
            json.WriteStartArray("extensions");
            json.WriteStringValue("binary_tensor_data");
            json.WriteStringValue("model_repository(index)");
            json.WriteEndArray();
        }));
        app.MapGet("/v2/health/live", http => Write(http, json => json.WriteBoolean("live", true)));
        app.MapGet("/v2/health/ready", http => Ready(http, "ready"));
        app.MapPost("/v2/repository/index", Index);
        foreach (var path in (string[])["/v2/models/{model}", "/v2/models/{model}/versions/{version}"])
        {
            app.MapGet(path, Metadata);
            app.MapGet(path + "/ready", http => Find(http, _door.Service.Model, out _) is { } wrong ? Refuse(http, wrong) : Ready(http, "ready"));
            app.MapPost(path + "/infer", http => _door.Guard(http, RefusalFormat.Json, () => Infer(http)));
        }
    }

    private Task Ready(HttpContext http, string name)
    {
        var ready = _door.Service.Ready;
        http.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Write(http, json => json.WriteBoolean(name, ready));
    }

    private async Task Index(HttpContext http)
    {
        if (await _door.Identify(http, RefusalFormat.Json).ConfigureAwait(false) is null)
            return;
        http.Response.ContentType = "application/json";
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var model in _door.Service.Model.Names.All)
            {
                json.WriteStartObject();
                json.WriteString("name", model.Name);
                json.WriteString("version", "1");
                json.WriteString("state", "READY");
                json.WriteString("reason", "");
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        await http.Response.Body.WriteAsync(buffer.WrittenMemory).ConfigureAwait(false);
    }

    private async Task Metadata(HttpContext http)
    {
        if (await _door.Identify(http, RefusalFormat.Json).ConfigureAwait(false) is null)
            return;
        var served = _door.Service.Model;
        if (Find(http, served, out var model) is { } wrong)
        {
            await Refuse(http, wrong).ConfigureAwait(false);
            return;
        }
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            served.Names.Write(json, model);
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(buffer.WrittenMemory).ConfigureAwait(false);
    }

    private async Task Infer(HttpContext http)
    {
        if (await _door.Identify(http, RefusalFormat.Json).ConfigureAwait(false) is not { } client)
            return;
        var served = _door.Service.Model;
        var refusal = Find(http, served, out var model) ?? MessageEndpoint.Length(http, MostBody, out _);
        var body = (int)(http.Request.ContentLength ?? 0);
        var head = 0;
        refusal ??= Head(http, body, out head);
        refusal ??= _door.Service.Enter(body);
        if (refusal is not null)
        {
            await Refuse(http, refusal).ConfigureAwait(false);
            return;
        }
        try
        {
            await Answer(http, client, served, model, body, head).ConfigureAwait(false);
        }
        finally
        {
            _door.Service.Leave(body);
        }
    }

    private async Task Answer(HttpContext http, string client, ServedModel served, OpenModel model, int body, int head)
    {
        var receipt = new Receipt();
        receipt.Begin(TimeProvider.System.GetTimestamp());
        var text = ArrayPool<byte>.Shared.Rent(head);
        HttpJob? job = null;
        try
        {
            if (await _door.Read(http, text.AsMemory(0, head), receipt).ConfigureAwait(false) is { } cut)
            {
                await _door.Refuse(http, cut, RefusalFormat.Json, counts: false).ConfigureAwait(false);
                return;
            }
            JsonDocument parsed;
            try
            {
                parsed = JsonDocument.Parse(text.AsMemory(0, head), Strict);
            }
            catch (JsonException e)
            {
                await Refuse(http, new Refusal(400, $"body: is no JSON ({e.Message})")).ConfigureAwait(false);
                return;
            }
            using var _ = parsed;
            var request = OpenRequest.Parse(parsed.RootElement, model, served.Partitions, served.Layouts, out var problem);
            if (request is not null && request.BinaryBytes != body - head)
                problem = $"body: has {body - head} bytes behind the JSON, the inputs announce {request.BinaryBytes}";
            if (request is null || problem.Length > 0)
            {
                await Refuse(http, new Refusal(400, problem)).ConfigureAwait(false);
                return;
            }
            job = new HttpJob(request.MessageBytes) { Client = client, Length = request.MessageBytes, IsSealed = false };
            if (await Fill(http, served, request, job, receipt).ConfigureAwait(false) is { } wrong)
            {
                await Refuse(http, wrong).ConfigureAwait(false);
                return;
            }
            (job.ReceiveSeconds, job.LinkSeconds) = (receipt.Seconds, receipt.LinkSeconds);
            if (await _door.Compute(http, job, RefusalFormat.Json).ConfigureAwait(false))
                await Write(http, served, model, request, job).ConfigureAwait(false);
        }
        finally
        {
            job?.Dispose();
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    /// <summary>Makes the message that the workers know: header, grids, tensors in the cut's order, whatever order they came in.</summary>
    private async ValueTask<Refusal?> Fill(HttpContext http, ServedModel served, OpenRequest request, HttpJob job, Receipt receipt)
    {
        foreach (var input in request.Inputs)
        {
            var at = RequestHeader.Size + input.Part.At;
            if (input.Part.GridAt >= 0)
            {
                BinaryPrimitives.WriteSingleLittleEndian(job.Message.AsSpan(RequestHeader.Size + input.Part.GridAt), input.Low);
                BinaryPrimitives.WriteSingleLittleEndian(job.Message.AsSpan(RequestHeader.Size + input.Part.GridAt + 4), input.Scale);
            }
            if (input.IsBinary)
            {
                if (await _door.Read(http, job.Message.AsMemory(at, input.Part.Bytes), receipt).ConfigureAwait(false) is { } cut)
                    return cut;
            }
            else if (JsonTensor.Read(input.Data, input.Part.Info.Type, job.Message.AsSpan(at, input.Part.Bytes)) is { } wrong)
            {
                return new Refusal(400, $"inputs.{input.Part.Name}.data: {wrong}");
            }
        }
        new RequestHeader(request.Exit, request.Cut, request.Bits, PayloadKind.Tensors, request.Inputs.Count, job.Length - RequestHeader.Size, served.Hash, 0).Write(job.Message);
        return null;
    }

    private async Task Write(HttpContext http, ServedModel served, OpenModel model, OpenRequest request, HttpJob job)
    {
        var head = new ArrayBufferWriter<byte>(512);
        List<Range> binary;
        try
        {
            var message = job.Answer.AsSpan(0, job.AnswerBytes);
            binary = OpenAnswer.Write(head, model.Name, request, served.Partitions, message, AnswerHeader.Read(message, out _));
        }
        catch (NotSupportedException e)
        {
            await Refuse(http, new Refusal(422, $"outputs: {e.Message}")).ConfigureAwait(false);
            return;
        }
        var length = head.WrittenCount + binary.Sum(r => r.End.Value - r.Start.Value);
        http.Response.ContentType = binary.Count > 0 ? "application/octet-stream" : "application/json";
        http.Response.ContentLength = length;
        if (binary.Count > 0)
            http.Response.Headers[OpenNames.HeadLength] = head.WrittenCount.ToString(CultureInfo.InvariantCulture);
        var to = http.Response.BodyWriter;
        to.Write(head.WrittenSpan);
        foreach (var range in binary)
            to.Write(job.Answer.AsSpan(0, job.AnswerBytes)[range]);
        await to.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        _door.Sent(job, length);
    }

    private static Refusal? Find(HttpContext http, ServedModel served, out OpenModel model)
    {
        var name = (string)http.Request.RouteValues["model"]!;
        if (!served.Names.TryGet(name, out model))
            return new Refusal(404, $"model: is '{name}', allowed is {served.Names.Network} or one of its tails, such as {served.Names.All.Last().Name}");
        return http.Request.RouteValues["version"] is string version && version != "1" ? new Refusal(404, $"version: is '{version}', allowed is 1") : null;
    }

    /// <summary>Bytes of JSON before the tensors: the whole body where nothing is said.</summary>
    private Refusal? Head(HttpContext http, int body, out int head)
    {
        head = body;
        if (http.Request.Headers[OpenNames.HeadLength] is { Count: > 0 } said
            && !(int.TryParse(said[0], NumberStyles.None, CultureInfo.InvariantCulture, out head) && head >= 2 && head <= Math.Min(body, MostHead)))
            return new Refusal(400, $"{OpenNames.HeadLength}: is '{said[0]}', allowed is 2 to {Math.Min(body, MostHead)}");
        var most = MostJson;
        return body > most && head == body ? new Refusal(413, $"length: is {body} bytes of JSON, allowed is {most} for this model") : null;
    }

    private Task Refuse(HttpContext http, Refusal refusal) => _door.Refuse(http, refusal, RefusalFormat.Json);

    private static async Task Write(HttpContext http, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(buffer.WrittenMemory).ConfigureAwait(false);
    }
}
