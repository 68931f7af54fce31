using System.Net;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Inference;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Runs;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Sources;
using RlOffload.Tests.Inference.Images;

namespace RlOffload.Tests.Inference.Runs;

/// <summary>The device as it is deployed, over a real socket. How fast it is depends on the machine; what is answered does not.</summary>
public sealed class DeviceRunTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _network;
    private readonly PartitionSet _partitions;
    private readonly RemoteServer _server;
    private readonly HttpClient _http = new();

    public DeviceRunTests()
    {
        _network = new TestNetwork(_folder, scenario: new Scenario
        {
            Uplink = new UplinkSpec(PriorBitsPerSecond: 1e8, PriorRtt: 0.002),
            Deadlines = new DeadlineSpec(Median: 5),
            Arrivals = new ArrivalSpec(ArrivalKind.Poisson, MeanGap: 0.05),
        });
        _network.WritePolicy();
        _partitions = new PartitionSet(_network.ModelPath, _network.Profile);
        _server = new RemoteServer(_partitions, new ServerOptions(IPAddress.Loopback, 0));
    }

    public async Task InitializeAsync() => await _server.Start();

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _partitions.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task RequestsByHttpAreAnsweredWithWhatTheNetworkSaysAlsoWhenTheServerGoes()
    {
        using var run = new DeviceRun(Options);
        await using var source = new HttpSource(new IPEndPoint(IPAddress.Loopback, 0), run.ImageBytes, run.InputShape, deadline: 5, seats: 8);
        await source.Start(default);
        using var stop = new CancellationTokenSource();
        var playing = run.Play(source, null, stop.Token);
        while ((await _http.PostAsync(new Uri(source.Address, "infer"), Body(0))).StatusCode == HttpStatusCode.ServiceUnavailable)
            await Task.Delay(20);

        foreach (var part in new[] { 0, 1 })
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Ask(source, i)));
            for (var i = 0; i < 8; i++)
            {
                // Plans of fewer bits may say otherwise; exits that were not quantised may not.
                if ((string)answers[i]["plan"]! is "local@1" or "local@2" or "remote@1" or "remote@2" || (string)answers[i]["outcome"]! == "fallback")
                    Assert.Equal(Whole(i, (int)answers[i]["exit"]! - 1), (int)answers[i]["class"]!);
                Assert.InRange((double)answers[i]["latency_ms"]!, 0, 5000);
            }
            if (part == 0)
                await _server.Stop();
        }
        JsonNode health;
        do
            health = JsonNode.Parse(await _http.GetStringAsync(new Uri(source.Address, "health")))!;
        while ((bool)health["opening"]!);
        Assert.Equal((int)health["plans"]!, (int)health["plans_ready"]!);
        await stop.CancelAsync();
        var report = await playing;

        Assert.Equal(report.Requests, report.Outcomes.Values.Sum());
        Assert.Equal(report.Requests, report.Plans.Values.Sum());
        Assert.True(report.Requests >= 17, $"{report.Requests}");
        Assert.Equal(0, report.PolicyFallbacks);
    }

    [Fact]
    public async Task APictureByHttpIsAnsweredAsItsPixelsAre()
    {
        using var run = new DeviceRun(Options);
        await using var source = new HttpSource(new IPEndPoint(IPAddress.Loopback, 0), run.ImageBytes, run.InputShape, deadline: 5, seats: 2);
        await source.Start(default);
        using var stop = new CancellationTokenSource();
        var playing = run.Play(source, null, stop.Token);
        while ((await _http.PostAsync(new Uri(source.Address, "infer"), Body(0))).StatusCode == HttpStatusCode.ServiceUnavailable)
            await Task.Delay(20);
        await _server.Stop();
        JsonNode answer;
        do
            answer = await Answer(source, Picture(PngOf(TestNetwork.Frame(3))));
        while (answer["class"] is null);
        Assert.Equal(Whole(3, (int)answer["exit"]! - 1), (int)answer["class"]!);
        await Refused(source, Picture(PngOf(TestNetwork.Frame(3))[..100]), HttpStatusCode.BadRequest, "body:");
        await stop.CancelAsync();
        await playing;
    }

    [Fact]
    public async Task WhatIsNoImageIsRefusedWithTheReason()
    {
        using var run = new DeviceRun(Options);
        await using var source = new HttpSource(new IPEndPoint(IPAddress.Loopback, 0), run.ImageBytes, run.InputShape, deadline: 5, seats: 2);
        await source.Start(default);
        await Refused(source, new ByteArrayContent(new byte[767]), HttpStatusCode.BadRequest, "content-length: is 767, allowed is 768");
        var late = Body(0);
        late.Headers.Add("Deadline-Ms", "-3"); // of the request, which reads them all
        await Refused(source, late, HttpStatusCode.BadRequest, "deadline-ms: is '-3'");
        await Refused(source, Picture(new byte[200_000]), HttpStatusCode.BadRequest, "content-length: is 200000, allowed is 768: one byte a number of the network's input; with content-type image/png up to ");
        // Nobody plays yet.
        await Refused(source, Body(0), HttpStatusCode.ServiceUnavailable, "device: prepares");
        var health = JsonNode.Parse(await _http.GetStringAsync(new Uri(source.Address, "health")))!;
        Assert.Equal((0, 2, 768), ((int)health["in_flight"]!, (int)health["most_in_flight"]!, (int)health["image_bytes"]!));
        Assert.Equal((true, 0, 0), ((bool)health["opening"]!, (int)health["plans_ready"]!, (long)health["part_bytes"]!));
    }

    [Fact]
    public async Task OfImagesWithLabelsTheReportSaysHowManyWereRightAndTheLogKeepsTheLabels()
    {
        byte[] Idx(byte kind, params byte[] sizes) => [0, 0, 8, kind, .. sizes.SelectMany(s => new byte[] { 0, 0, 0, s })];
        File.WriteAllBytes(_folder.At("frames-idx4-ubyte"), [.. Idx(4, 6, 3, TestNetwork.Side, TestNetwork.Side), .. Enumerable.Range(0, 6).SelectMany(TestNetwork.Frame)]);
        // What the network itself says of the even ones, and something else of the others.
        byte[] labels = [.. Enumerable.Range(0, 6).Select(i => (byte)((Whole(i, 1) + i % 2) % TestNetwork.Classes))];
        File.WriteAllBytes(_folder.At("labels"), [.. Idx(1, 6), .. labels]);
        using var run = new DeviceRun(Options with { Log = _folder.At("labelled.log") });
        var images = LabelledImages.Read(_folder.At("frames-idx4-ubyte"), _folder.At("labels"), [.. run.InputShape.Skip(1)], 0, int.MaxValue, 1);
        var report = await run.Play(new CameraSource(CameraSource.Images(images), rate: 200, deadline: 5, requests: 30, mostInFlight: 30, run.Clock), null, default);
        var logged = DecisionLogFile.Read(_folder.At("labelled.log"), w => Assert.Fail(w));
        Assert.Equal(30, logged.Count);
        Assert.All(logged, d => Assert.Equal(labels[d.Record.Image], d.Label));
        Assert.Equal(logged.Average(d => d.Record.Answer == d.Label ? 1.0 : 0), report.Accuracy!.Value, 1e-5);
        Assert.True(logged.Count(d => d.Label is not null && d.Record.Answer >= 0) > 0);
    }

    [Fact]
    public async Task ACameraBringsAFolderAndLosesWhatComesTooFast()
    {
        var images = Directory.CreateDirectory(_folder.At("frames")).FullName;
        for (var i = 0; i < 3; i++)
            File.WriteAllBytes(Path.Combine(images, $"{i}.raw"), TestNetwork.Frame(i));
        using var run = new DeviceRun(Options with { MemoryMb = 1e-6, Log = _folder.At("run.log") });
        var source = new CameraSource(CameraSource.Images(new ImageFolder(images, run.ImageBytes, run.InputShape)), rate: 5000, deadline: 5, requests: 200, mostInFlight: 3, run.Clock);
        var report = await run.Play(source, null, default);
        Assert.Equal(200, report.Requests + source.Lost);
        Assert.Null(report.Accuracy);
        Assert.True(source.Lost > 0 && report.Requests > 2, $"{source.Lost} {report.Requests}");
        Assert.Equal(report.Requests, DecisionLogFile.Read(_folder.At("run.log"), w => Assert.Fail(w)).Count);
        Assert.Contains(report.Warnings, w => w.Contains("do not fit", StringComparison.Ordinal));

        File.WriteAllBytes(Path.Combine(images, "short.raw"), new byte[5]);
    }

    private DeviceOptions Options => new(_network.PolicyPath, new RemoteOptions(_server.Address));

    private static ByteArrayContent Picture(byte[] file)
    {
        var body = new ByteArrayContent(file);
        body.Headers.ContentType = new("image/png");
        return body;
    }

    private static ByteArrayContent Body(int frame) => new(TestNetwork.Frame(frame));

    private static byte[] PngOf(byte[] planes) => PngSample.Make(TestNetwork.Side, TestNetwork.Side, 8, 2,
        [.. Enumerable.Range(0, TestNetwork.Side).Select(y => Enumerable.Range(0, 3 * TestNetwork.Side)
            .Select(i => planes[(i % 3 * TestNetwork.Side + y) * TestNetwork.Side + i / 3]).ToArray())], y => y % 5, 3);

    private Task<JsonNode> Ask(HttpSource source, int frame) => Answer(source, Body(frame));

    private async Task<JsonNode> Answer(HttpSource source, ByteArrayContent body)
    {
        var response = await _http.PostAsync(new Uri(source.Address, "infer"), body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode || (string)JsonNode.Parse(text)!["outcome"]! == "dropped", text);
        return response.IsSuccessStatusCode ? JsonNode.Parse(text)! : JsonNode.Parse($$"""{"plan":"drop","outcome":"dropped","latency_ms":0}""")!;
    }

    private async Task Refused(HttpSource source, ByteArrayContent body, HttpStatusCode status, string reason)
    {
        // A connection of its own: what is not read of a long body ends it, after the answer and perhaps after the next request has begun on it.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(source.Address, "infer")) { Content = body };
        request.Headers.ConnectionClose = true;
        var response = await _http.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(reason, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!, StringComparison.Ordinal);
    }

    private int Whole(int frame, int exit)
    {
        using var store = new TensorStore(_partitions);
        new PixelCodec(_network.Profile).Fill(TestNetwork.Frame(frame), store.Input.Bytes);
        store.RunWhole(exit);
        return Classes.Best(store.Answer(exit)[0].Floats);
    }
}
