using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using RlOffload.Inference.Codec;

namespace RlOffload.Tests.Inference.Serving.OpenInference;

/// <summary>What a standard client of the Open Inference Protocol sends, and gets.</summary>
public sealed class OpenEndpointTests : IAsyncLifetime
{
    private const string HeadLength = "Inference-Header-Content-Length";

    private ServedNetwork _served = null!;

    public async Task InitializeAsync() => _served = await ServedNetwork.Start();

    public async Task DisposeAsync() => await _served.DisposeAsync();

    [Fact]
    public async Task HealthAndMetadataAreAsTheProtocolHasThem()
    {
        Assert.True((bool)(await Get("/v2/health/live"))["live"]!);
        Assert.True((bool)(await Get("/v2/health/ready"))["ready"]!);
        Assert.True((bool)(await Get("/v2/models/network/ready"))["ready"]!);
        Assert.True((bool)(await Get("/v2/models/network_exit1_split2/versions/1/ready"))["ready"]!);
        var server = await Get("/v2");
        Assert.Equal("rloffload", (string)server["name"]!);
        Assert.Contains("binary_tensor_data", server["extensions"]!.AsArray().Select(e => (string)e!));
        var tail = await Get("/v2/models/network_exit1_split2");
        Assert.Equal("""{"name":"network_exit1_split2","versions":["1"],"platform":"onnxruntime_onnx","inputs":[{"name":"b","datatype":"FP32","shape":[1,16,4,4]}],"outputs":[{"name":"exit2","datatype":"FP32","shape":[1,10]}]}""",
            tail.ToJsonString());
        var network = await Get("/v2/models/network");
        Assert.Equal("frame", (string)network["inputs"]![0]!["name"]!);
        Assert.Contains("network_exit0_split1", network["parameters"]!["tails"]!.AsArray().Select(t => (string)t!));
        var index = JsonNode.Parse(await (await _served.Http.PostAsync("/v2/repository/index", null)).Content.ReadAsStringAsync())!.AsArray();
        Assert.Equal(6, index.Count);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public async Task JsonTensorsAreAnsweredInJson(int exit, int cut)
    {
        var answer = await Infer("network", Request(exit, cut, data: _served.Tensor(cut)));
        Assert.Equal(("network", "1", "seven"), ((string)answer["model_name"]!, (string)answer["model_version"]!, (string)answer["id"]!));
        var output = answer["outputs"]![0]!;
        Assert.Equal((exit == 0 ? "exit1" : "exit2", "FP32"), ((string)output["name"]!, (string)output["datatype"]!));
        Assert.Equal([1, 10], output["shape"]!.AsArray().Select(s => (int)s!));
        Same(_served.Whole(exit), [.. output["data"]!.AsArray().Select(n => (float)n!)]);
        Assert.True((long)answer["parameters"]!["computed_us"]! > 0);
        Assert.Equal(0, (int)answer["parameters"]!["waiting"]!);
        Assert.InRange((double)answer["parameters"]!["busy"]!, 0, 1);
    }

    [Fact]
    public async Task ATailIsAModelOfItsOwnAndDataMayBeNested()
    {
        var numbers = _served.Tensor(2);
        var nested = new JsonArray([.. numbers.Chunk(16).Select(row => new JsonArray([.. row.Select(n => JsonValue.Create(n))]))]);
        var request = Request(1, 2, numbers);
        request.Remove("parameters");
        request["inputs"]![0]!["data"] = nested;
        Same(_served.Whole(1), [.. (await Infer("network_exit1_split2", request))["outputs"]![0]!["data"]!.AsArray().Select(n => (float)n!)]);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(0, 1)]
    public async Task BinaryTensorsAreAnsweredInBinary(int exit, int cut)
    {
        var request = Request(exit, cut, null);
        request["parameters"]!["binary_data_output"] = true;
        var (json, binary) = await Binary("network", request, MemoryMarshal.AsBytes<float>(_served.Tensor(cut)).ToArray());
        Assert.Equal(40, (int)json["outputs"]![0]!["parameters"]!["binary_data_size"]!);
        Same(_served.Whole(exit), MemoryMarshal.Cast<byte, float>(binary).ToArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(16)]
    public async Task QuantisedTensorsTravelWithTheirRange(int bits)
    {
        var tensor = _served.Tensor(2);
        var packed = new byte[TensorCodec.PackedBytes(tensor.Length, bits)];
        Assert.True(TensorCodec.TryEncode(tensor, bits, packed, out var grid));
        var request = Request(1, 2, null);
        request["parameters"]!["bits"] = bits;
        request["inputs"]![0]!["parameters"] = new JsonObject { ["binary_data_size"] = packed.Length, ["low"] = grid.Low, ["scale"] = grid.Step };
        var (json, _) = await Binary("network", request, packed);
        AffineQuantiser.Quantise(tensor, bits, _served.Store.Cut(2)[0].Bytes is var bytes ? MemoryMarshal.Cast<byte, float>(bytes) : default);
        _served.Store.RunTail(1, 2);
        Same(_served.Store.Answer(1)[0].Floats.ToArray(), [.. json["outputs"]![0]!["data"]!.AsArray().Select(n => (float)n!)]);
    }

    [Theory]
    [InlineData("""{"inputs":3}""", "inputs: are missing")]
    [InlineData("""{"inputs":[{"name":"\ud800"}]}""", "body: holds a text that is no Unicode")]
    [InlineData("""{"id":"\udc00"}""", "body: holds a text that is no Unicode")]
    [InlineData("""{"inputs":[]}""", "inputs: are 0, split 2 takes 1: b")]
    [InlineData("""[1]""", "body: is JSON Array")]
    [InlineData("""{""", "body: is no JSON")]
    [InlineData("""{"inputs":[{"name":"c"}]}""", "inputs: '\"c\"' is not needed")]
    [InlineData("""{"inputs":[{"name":"b","datatype":"INT8","shape":[1,16,4,4],"data":[1]}]}""", "inputs.b.datatype: is \"INT8\", allowed is FP32")]
    [InlineData("""{"inputs":[{"name":"b","datatype":"FP32","shape":[2,16,4,4],"data":[1]}]}""", "inputs.b.shape: is [2,16,4,4], allowed is [1,16,4,4]")]
    [InlineData("""{"inputs":[{"name":"b","datatype":"FP32","shape":[1e999,16,4,4],"data":[1]}]}""", "inputs.b.shape: is [1e999,16,4,4]")]
    [InlineData("""{"inputs":[{"name":"b","datatype":"FP32","shape":[1,16,4,4]}]}""", "inputs.b.data: allowed is either")]
    [InlineData("""{"inputs":[{"name":"b","datatype":"FP32","shape":[1,16,4,4],"data":[1,2]}]}""", "inputs.b.data: has 8 bytes")]
    [InlineData("""{"inputs":[{"name":"b","datatype":"FP32","shape":[1,16,4,4],"data":["x"]}]}""", "inputs.b.data: holds \"x\"")]
    [InlineData("""{"inputs":[{"name":"b","datatype":"FP32","shape":[1,16,4,4],"parameters":{"binary_data_size":1024}}]}""", "body: has 0 bytes behind the JSON")]
    [InlineData("""{"inputs":[{"name":"b","datatype":"FP32","shape":[1,16,4,4],"parameters":{"binary_data_size":-1}}]}""", "inputs.b.parameters.binary_data_size: is -1")]
    [InlineData("""{"parameters":{"bits":9},"inputs":[]}""", "parameters.bits: is 9")]
    [InlineData("""{"parameters":{"exit":0},"inputs":[]}""", "parameters: are exit 0, split 2")]
    [InlineData("""{"parameters":{"split":"2"},"inputs":[]}""", "parameters.split: is \"2\"")]
    [InlineData("""{"id":7,"inputs":[]}""", "id: allowed is a string")]
    public async Task WhatIsWrongIsSaidInTheProtocolsWay(string body, string problem)
    {
        var response = await _served.Http.PostAsync("/v2/models/network_exit1_split2/infer", new StringContent(body));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith(problem, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownModelsVersionsAndHeadsAreRefused()
    {
        foreach (var path in new[] { "/v2/models/other", "/v2/models/network/versions/2", "/v2/models/other/ready", "/v2/models/network_exit1_split9" })
            Assert.Equal(HttpStatusCode.NotFound, (await _served.Http.GetAsync(path)).StatusCode);
        foreach (var length in new[] { "-1", "0", "x", "99999" })
        {
            using var content = new StringContent("{}");
            content.Headers.TryAddWithoutValidation(HeadLength, length);
            var response = await _served.Http.PostAsync("/v2/models/network/infer", content);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains(HeadLength, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _served.Http.PostAsync("/v2/models/network/infer", new ByteArrayContent(new byte[1 << 20]))).StatusCode);
    }

    [Fact]
    public async Task OutputsThatJsonCannotSayAreRefusedAndBytesSayThem()
    {
        var tensor = _served.Tensor(2);
        tensor[0] = float.NaN;
        var request = Request(1, 2, null);
        var bytes = MemoryMarshal.AsBytes<float>(tensor).ToArray();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Send("network", request, bytes)).StatusCode);
        request["outputs"] = new JsonArray(new JsonObject { ["name"] = "exit2", ["parameters"] = new JsonObject { ["binary_data"] = true } });
        Assert.Contains(float.NaN, MemoryMarshal.Cast<byte, float>((await Binary("network", request, bytes)).Binary).ToArray());
    }

    private static JsonObject Request(int exit, int cut, float[]? data)
    {
        var (name, shape) = cut switch { 0 => ("frame", new[] { 1, 3, 16, 16 }), 1 => ("a", [1, 8, 8, 8]), _ => ("b", [1, 16, 4, 4]) };
        var input = new JsonObject { ["name"] = name, ["datatype"] = "FP32", ["shape"] = new JsonArray([.. shape.Select(s => JsonValue.Create(s))]) };
        if (data is null)
            input["parameters"] = new JsonObject { ["binary_data_size"] = 4 * shape.Aggregate(1, (a, b) => a * b) };
        else
            input["data"] = new JsonArray([.. data.Select(n => JsonValue.Create(n))]);
        return new JsonObject { ["id"] = "seven", ["parameters"] = new JsonObject { ["exit"] = exit, ["split"] = cut }, ["inputs"] = new JsonArray(input) };
    }

    private static void Same(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    private async Task<JsonNode> Get(string path) => JsonNode.Parse(await _served.Http.GetStringAsync(path))!;

    private async Task<JsonNode> Infer(string model, JsonObject request)
    {
        var response = await _served.Http.PostAsync($"/v2/models/{model}/infer", new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<HttpResponseMessage> Send(string model, JsonObject request, byte[] tensors)
    {
        var head = Encoding.UTF8.GetBytes(request.ToJsonString());
        using var content = new ByteArrayContent([.. head, .. tensors]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.TryAddWithoutValidation(HeadLength, $"{head.Length}");
        return await _served.Http.PostAsync($"/v2/models/{model}/infer", content);
    }

    private async Task<(JsonNode Json, byte[] Binary)> Binary(string model, JsonObject request, byte[] tensors)
    {
        var response = await Send(model, request, tensors);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        var length = response.Headers.TryGetValues(HeadLength, out var said) ? int.Parse(said.Single()) : body.Length;
        return (JsonNode.Parse(body.AsSpan(0, length))!, body[length..]);
    }
}
