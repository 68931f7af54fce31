using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Serving;

namespace RlOffload.Tests.Inference.Serving;

public sealed class TelemetryTests
{
    [Fact]
    public async Task MetricsAndTracesReachACollector()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        using var collector = new HttpListener();
        collector.Prefixes.Add(address);
        collector.Start();
        var received = new ConcurrentDictionary<string, string>();
        _ = Collect(collector, received);
        using (Telemetry.Start(address))
        {
            await using var served = await ServedNetwork.Start();
            var answer = await served.Http.PostAsync(RemoteServer.InferPath, new ByteArrayContent(served.Message(new OffloadPlan(PlanKind.Split, 1, 2, 8), 1)));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Contains("rloffload.station.duration", received["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("rloffload.split", received["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("rloffload-serve", received["/v1/traces"], StringComparison.Ordinal);
    }

    [Fact]
    public void AnAddressThatIsNoneIsRefused() => Assert.Contains("serve:--otlp: is 'nowhere'", Assert.Throws<InputException>(() => Telemetry.Start("nowhere")).Message, StringComparison.Ordinal);

    private static async Task Collect(HttpListener collector, ConcurrentDictionary<string, string> received)
    {
        while (collector.IsListening)
            try
            {
                var http = await collector.GetContextAsync();
                using var body = new MemoryStream();
                await http.Request.InputStream.CopyToAsync(body);
                received.AddOrUpdate(http.Request.Url!.AbsolutePath, _ => Encoding.Latin1.GetString(body.ToArray()), (_, old) => old + Encoding.Latin1.GetString(body.ToArray()));
                http.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
    }
}
