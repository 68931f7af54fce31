using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Remote;

/// <summary>
/// The client against a server of the Open Inference Protocol that shares no code with this project's: its own HTTP, its own models from files that were
/// exported for it, JSON or binary answers, and no durations.
/// </summary>
public sealed class OpenWireTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;
    private readonly PartitionSet _partitions;
    private readonly FlightPool _pool;
    private readonly RunClock _clock = new(TimeProvider.System);
    private readonly CostModel _model;

    public OpenWireTests()
    {
        _network = new TestNetwork(_folder);
        _model = _network.Model();
        _partitions = new PartitionSet(_network.ModelPath, _network.Profile);
        _pool = FlightPool.Of(_partitions, TestNetwork.FrameBytes, [], ready: 1);
        Assert.Equal(2, TailRepository.Write(_partitions.Network, [new(PartKind.Tail, 1, 1), new(PartKind.Tail, 1, 2)], _folder.At("models"), Name));
    }

    public void Dispose()
    {
        _pool.Dispose();
        _partitions.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("cut1@2/32b", true)]
    [InlineData("cut2@2/32b", true)]
    [InlineData("cut2@2/8b", false)]
    public async Task AnyConformingServerAnswersOnceTheTailIsLoadedThere(string plan, bool binary)
    {
        using var server = new ConformingServer(_folder.At("models"), binary);
        using var wire = Wire(server.Address);
        Assert.True(await wire.WarmUp(default));
        var (flight, sent) = (Flight(plan), 0);
        var reply = await wire.Exchange(flight, 5, () => sent++, default);
        Assert.Equal((Reason.None, 1, false), (reply.Reason, sent, reply.Timed));
        flight.Store!.RunWhole(1);
        Assert.Equal(Classes.Best(flight.Store.Answer(1)[0].Floats), reply.Class);
    }

    [Fact]
    public async Task WhatTheServerHasNotLoadedIsNamed()
    {
        using var server = new ConformingServer(_folder.At("models"), binary: true);
        using var wire = Wire(server.Address);
        Assert.Equal(["tail-1-0"], await wire.Missing([(1, 1), (1, 0), (1, 2)], default));
        var reply = await wire.Exchange(Flight("remote@2"), 5, () => { }, default);
        Assert.Equal(Reason.Refused, reply.Reason);
        Assert.StartsWith("404", reply.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""nonsense""")]
    [InlineData("""{"outputs":7}""")]
    [InlineData("""{"outputs":[{}]}""")]
    [InlineData("""{"outputs":[{"name":"exit2","datatype":"FP32","shape":[1,10],"data":[1,2,3]}]}""")]
    [InlineData("""{"outputs":[{"name":"exit2","datatype":"INT8","shape":[1,10],"data":[1,2,3,4,5,6,7,8,9,10]}]}""")]
    [InlineData("""{"outputs":[{"name":"exit2","datatype":"FP32","shape":[1,10],"data":["a"]}]}""")]
    [InlineData("""{"outputs":[{"name":"exit2","datatype":"FP32","shape":[1,10],"parameters":{"binary_data_size":40}}]}""")]
    [InlineData("""{"outputs":[{"name":"exit2","datatype":"FP32","shape":[1,10],"parameters":{"binary_data_size":-7}}]}""")]
    [InlineData("""{"outputs":[{"name":"exit1","datatype":"FP32","shape":[1,10],"data":[1,2,3,4,5,6,7,8,9,10]}]}""")]
    public async Task AnAnswerThatIsNoneIsMalformed(string answer)
    {
        using var server = new ConformingServer(_folder.At("models"), binary: true) { Instead = answer };
        using var wire = Wire(server.Address);
        Assert.Equal(Reason.Malformed, (await wire.Exchange(Flight("cut2@2/32b"), 5, () => { }, default)).Reason);
    }

    [Fact]
    public async Task ThisProjectsServerSaysItsDurationsToo()
    {
        await using var server = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, 0));
        await server.Start();
        using var wire = new OpenWire(server.Address, _clock, null, null, _partitions, OpenModelName.Default);
        Assert.Empty(await wire.Missing([(1, 2), (0, 0)], default));
        var reply = await wire.Exchange(Flight("cut2@2/32b"), 5, () => { }, default);
        Assert.True(reply is { Reason: Reason.None, Timed: true, Header.ComputedSeconds: > 0 });
    }

    private static string Name(int exit, int cut) => $"tail-{exit}-{cut}";

    private OpenWire Wire(Uri server) => new(server, _clock, null, null, _partitions, "tail-{exit}-{split}");

    private Flight Flight(string text)
    {
        var flight = _pool.Take();
        TestNetwork.Frame(3).CopyTo(flight.Pixels, 0);
        flight.Begin(5, 3, 0, 1);
        var plan = Enumerable.Range(0, _model.Count).Single(p => _model.Table.Plans[p].ToString() == text);
        flight.Planned(plan, _model.Table.Plans[plan], default, new Observation(), 0);
        new PixelCodec(_partitions.Profile).Fill(flight.Pixels, flight.Store!.Input.Bytes);
        flight.Store.RunHead(flight.Plan.Cut);
        flight.MessageBytes = new OpenRequestWriter(_partitions).Write(flight.Plan, 5, flight.Pixels, flight.Store, ref flight.Message);
        return flight;
    }

    /// <summary>Reads a model repository and answers health, readiness and infer; one input and one output a model, float32.</summary>
    private sealed class ConformingServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly string _models;
        private readonly bool _binary;

        public ConformingServer(string models, bool binary)
        {
            (_models, _binary) = (models, binary);
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
            }
            _listener.Prefixes.Add(Address.ToString());
            _listener.Start();
            _ = Listen();
        }

        public Uri Address { get; }

        public string? Instead { get; init; }

        public void Dispose() => _listener.Close();

        private async Task Listen()
        {
            while (_listener.IsListening)
                try
                {
                    Answer(await _listener.GetContextAsync());
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
        }

        private void Answer(HttpListenerContext http)
        {
            var words = http.Request.Url!.AbsolutePath.Trim('/').Split('/');
            var file = words is ["v2", "models", var model, ..] ? Path.Combine(_models, model, "1", "model.onnx") : null;
            if (file is not null && !File.Exists(file))
                http.Response.StatusCode = 404;
            else if (words[^1] == "infer")
                Infer(http, file!);
            http.Response.Close();
        }

        private void Infer(HttpListenerContext http, string file)
        {
            using var body = new MemoryStream();
            http.Request.InputStream.CopyTo(body);
            var head = int.Parse(http.Request.Headers["Inference-Header-Content-Length"]!);
            var request = JsonNode.Parse(body.ToArray().AsSpan(0, head))!;
            var input = request["inputs"]![0]!;
            var numbers = MemoryMarshal.Cast<byte, float>(body.ToArray().AsSpan(head, (int)input["parameters"]!["binary_data_size"]!)).ToArray();
            using var tail = new SubModel(RlOffload.Onnx.OnnxModel.Load(file));
            Assert.Equal((string)input["name"]!, Assert.Single(tail.Inputs));
            using var tensor = Microsoft.ML.OnnxRuntime.OrtValue.CreateTensorValueFromMemory(numbers, [.. input["shape"]!.AsArray().Select(s => (long)s!)]);
            using var outputs = tail.Run([tensor]);
            var scores = outputs[0].GetTensorDataAsSpan<float>().ToArray();
            var output = new JsonObject { ["name"] = tail.Outputs[0], ["datatype"] = "FP32", ["shape"] = new JsonArray(1, scores.Length) };
            if (_binary)
                output["parameters"] = new JsonObject { ["binary_data_size"] = 4 * scores.Length };
            else
                output["data"] = new JsonArray([.. scores.Select(s => JsonValue.Create(s))]);
            var answer = new JsonObject { ["model_name"] = "tail", ["id"] = request["id"]!.DeepClone(), ["outputs"] = new JsonArray(output) };
            var json = Encoding.UTF8.GetBytes(Instead ?? answer.ToJsonString());
            if (_binary)
                http.Response.AddHeader("Inference-Header-Content-Length", $"{json.Length}");
            http.Response.OutputStream.Write(json);
            if (_binary && Instead is null)
                http.Response.OutputStream.Write(MemoryMarshal.AsBytes<float>(scores));
        }
    }
}
