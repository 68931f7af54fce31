using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Serving.Http;

public sealed class HttpFrontTests : IDisposable
{
    private static readonly OffloadPlan Plan = new(PlanKind.Split, 1, 2, 8);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task OnlyWhoHasATokenMaySendAndSee()
    {
        var tokens = TokenList.Read(_folder.Write("tokens", "camera 0123456789abcdef"));
        await using var served = await ServedNetwork.Start(o => o with { Tokens = tokens });
        foreach (var path in new[] { "/v2/models/network", "/metrics", "/live.json" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await served.Http.GetAsync(path)).StatusCode);
        var refused = await Post(served, served.Message(Plan, 1));
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (refused.StatusCode, refused.Headers.WwwAuthenticate.Single().Scheme));
        foreach (var path in new[] { "/v2/health/live", "/v2/health/ready", "/health", "/" })
            Assert.Equal(HttpStatusCode.OK, (await served.Http.GetAsync(path)).StatusCode);
        served.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "0123456789abcdef");
        Assert.Equal(HttpStatusCode.OK, (await Post(served, served.Message(Plan, 1))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await served.Http.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task WhatIsAboveTheRateIsRefusedWithWhenToTryAgain()
    {
        await using var served = await ServedNetwork.Start(o => o with { MostPerSecond = 0.5 });
        Assert.Equal(HttpStatusCode.OK, (await Post(served, served.Message(Plan, 1))).StatusCode);
        var refused = await Post(served, served.Message(Plan, 2));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 2);
        Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After-Ms").Single()), 1, 2000);
        var json = await served.Http.PostAsync("/v2/models/network/infer", new StringContent("{}"));
        Assert.Equal(HttpStatusCode.TooManyRequests, json.StatusCode);
        Assert.StartsWith("rate: ", (string)JsonNode.Parse(await json.Content.ReadAsStringAsync())!["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MetricsAndTheLivePageSayWhatHappened()
    {
        await using var served = await ServedNetwork.Start();
        for (ulong request = 0; request < 7; request++)
            await Post(served, served.Message(Plan, request));
        await Post(served, [1, 2, 3]);
        // An answer is counted once it was handed to the connection, which may be after it was read here.
        JsonNode live;
        do
            live = JsonNode.Parse(await served.Http.GetStringAsync("/live.json"))!;
        while ((int)live["recent"]! < 7);
        Assert.Equal((7, 1, 0, true), ((int)live["answered"]!, (int)live["refused"]!, (int)live["misses"]!, (bool)live["ready"]!));
        Assert.Equal(["receive", "wait", "unpack", "tail", "answer"], live["stations"]!.AsArray().Select(s => (string)s!["station"]!));
        Assert.All(live["stations"]!.AsArray(), s => Assert.True((double)s!["p50_us"]! <= (double)s["p99_us"]!));
        Assert.Equal("""[{"exit":1,"split":2,"bits":8,"count":7}]""", live["plans"]!.ToJsonString());
        var metrics = (await served.Http.GetStringAsync("/metrics")).Split('\n');
        Assert.Contains("rloffload_answers_total{exit=\"1\",split=\"2\",bits=\"8\"} 7", metrics);
        Assert.Contains("rloffload_refusals_total{status=\"400\"} 1", metrics);
        Assert.Contains("rloffload_station_duration_seconds_count{station=\"tail\"} 7", metrics);
        Assert.Contains("rloffload_waiting 0", metrics);
        var page = await served.Http.GetAsync("/");
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.Contains("connect-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Transport.Http)]
    [InlineData(Transport.Frames)]
    public async Task TheFrameworksCertificateSecuresBothTransports(Transport transport)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        var settings = new Dictionary<string, string?>
        {
            ["Kestrel:Certificates:Default:Path"] = _folder.Write("cert.pem", certificate.ExportCertificatePem()),
            ["Kestrel:Certificates:Default:KeyPath"] = _folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem()),
        };
        await using var served = await ServedNetwork.Start(o => o with { Transport = transport, Tls = true, Settings = settings });
        using var client = new TcpClient();
        await client.ConnectAsync(served.Server.Address.Host, served.Server.Address.Port);
        await using var secure = new SslStream(client.GetStream(), false, (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString());
        await secure.AuthenticateAsClientAsync("localhost");
        var message = served.Message(Plan, 9);
        if (transport == Transport.Http)
            await secure.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"POST /infer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {message.Length}\r\n\r\n"));
        await secure.WriteAsync(message);
        var answer = new byte[1 << 12];
        var read = await secure.ReadAtLeastAsync(answer, transport == Transport.Http ? answer.Length : AnswerHeader.Size + 40, throwOnEndOfStream: false);
        var header = AnswerHeader.Read(answer.AsSpan(read - AnswerHeader.Size - 40, AnswerHeader.Size + 40), out var problem);
        Assert.Equal((null, 9UL), (problem, header.Request));
    }

    [Theory]
    [InlineData(Transport.Http)]
    [InlineData(Transport.Frames)]
    public async Task WithoutACertificateNothingIsServed(Transport transport)
    {
        var refusal = await Assert.ThrowsAsync<InputException>(() => ServedNetwork.Start(o => o with { Transport = transport, Tls = true }));
        Assert.Contains("serve:--tls:", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> Post(ServedNetwork served, byte[] message) => served.Http.PostAsync(RemoteServer.InferPath, new ByteArrayContent(message));
}
