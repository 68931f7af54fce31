using System.Net;
using System.Net.Sockets;
using System.Text;
using RlOffload.Environment;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Serving;
using RlOffload.Inference.Wire;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>
/// The server as it runs, on a port of this machine. By frames: a connection on which some come, valid and not; it has to end them, whatever it was sent. By HTTP:
/// a body of the Open Inference Protocol; whatever it holds, the answer must not be that the server failed (status 500 and above, but "stopping").
/// </summary>
internal sealed class ServerTarget : IFuzzTarget
{
    private readonly FuzzNetwork _network;
    private readonly RemoteServer _server;
    private readonly LastError _log = new();
    private readonly Logger _logger;
    private readonly Mutator _mutator;
    private readonly HttpClient? _http;

    public ServerTarget(string folder, Transport transport)
    {
        _network = new FuzzNetwork(folder);
        _logger = new LoggerConfiguration().MinimumLevel.Warning().WriteTo.Sink(_log).CreateLogger();
        _server = new RemoteServer(_network.Partitions, new ServerOptions(IPAddress.Loopback, 0) { Transport = transport, Batch = 4, Log = _logger });
        _server.Start().GetAwaiter().GetResult();
        _mutator = transport == Transport.Http ? new Mutator(InputShape.Text, [.. Bodies()])
            : new Mutator(InputShape.Binary, [.. _network.Requests(), FuzzNetwork.Control(ControlKind.Hello, 20), FuzzNetwork.Control(ControlKind.Probe, 100)]);
        if (transport == Transport.Http)
            _http = new HttpClient { BaseAddress = _server.Address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public byte[] Make(ref Rng rng)
    {
        if (_http is not null)
            return _mutator.Make(ref rng);
        var frames = new List<byte>();
        for (var more = 1 + rng.NextInt(3); more > 0; more--)
            frames.AddRange(FrameTarget.Mended(_mutator.Make(ref rng), ref rng));
        return [.. frames];
    }

    public bool Read(byte[] input) => _http is null ? Send(input) : Post(_http, input).GetAwaiter().GetResult();

    public void Dispose()
    {
        _http?.Dispose();
        _server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _logger.Dispose();
        _network.Dispose();
    }

    /// <returns>Whether the first answer is one, rather than a refusal.</returns>
    private bool Send(byte[] frames)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, _server.Address.Port);
        try
        {
            socket.Send(frames);
            socket.Shutdown(SocketShutdown.Send);
            var buffer = new byte[1 << 12];
            var (first, read) = (-1, 0);
            while ((read = socket.Receive(buffer)) > 0)
                if (first < 0)
                    first = buffer[3];
            return first is 'A';
        }
        catch (SocketException)
        {
            // The server closed it while more was to come: that is its way to refuse.
            return false;
        }
    }

    /// <param name="input">The model's name, a line break, the length of the JSON head or nothing, a line break, the body.</param>
    private async Task<bool> Post(HttpClient http, byte[] input)
    {
        var (first, second) = (Array.IndexOf(input, (byte)'\n'), -1);
        if (first >= 0)
            second = Array.IndexOf(input, (byte)'\n', first + 1);
        var model = Encoding.Latin1.GetString(input, 0, Math.Max(0, first));
        var head = second < 0 ? "" : new string([.. Encoding.Latin1.GetString(input, first + 1, second - first - 1).Where(c => c is >= ' ' and <= '~')]);
        using var content = new ByteArrayContent(input, second + 1, input.Length - second - 1);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{Uri.EscapeDataString(model.Length == 0 || model.Length > 500 ? "network" : model)}/infer") { Content = content };
        if (head.Length is > 0 and < 500)
            request.Headers.TryAddWithoutValidation(OpenNames.HeadLength, head);
        using var response = await http.SendAsync(request).ConfigureAwait(false);
        await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
        if ((int)response.StatusCode >= 500)
            throw new InvalidOperationException($"the server answers {(int)response.StatusCode}", _log.Exception);
        return response.IsSuccessStatusCode;
    }

    private IEnumerable<byte[]> Bodies()
    {
        foreach (var part in _network.Profile.Partitions.Where(p => !p.Local))
            foreach (var bits in (int[])[8, 32])
            {
                var layout = PayloadLayout.Of(_network.Partitions, part.Cut, bits)[0];
                var (shape, elements) = (string.Join(',', layout.Info.Shape), layout.Info.Elements);
                var grid = bits < 32 ? "\"low\":-1,\"scale\":0.01," : "";
                var json = $$$"""
                    {"id":"1","parameters":{"exit":{{{part.Exit}}},"split":{{{part.Cut}}},"bits":{{{bits}}},"binary_data_output":{{{(part.Cut == 1 ? "true" : "false")}}}},
                    "inputs":[{"name":"{{{layout.Name}}}","datatype":"FP32","shape":[{{{shape}}}],"parameters":{{{{grid}}}"binary_data_size":{{{layout.Bytes}}}}}],
                    "outputs":[{"name":"exit{{{part.Exit + 1}}}","parameters":{"binary_data":true}}]}
                    """;
                yield return [.. Encoding.UTF8.GetBytes($"network\n{Encoding.UTF8.GetByteCount(json)}\n{json}"), .. new byte[layout.Bytes]];
                if (bits < 32)
                    continue;
                yield return Encoding.UTF8.GetBytes($$$"""
                    {{{OpenNames.Tail("network", part.Exit, part.Cut)}}}

                    {"inputs":[{"name":"{{{layout.Name}}}","datatype":"FP32","shape":[{{{shape}}}],"data":[{{{string.Join(',', Enumerable.Range(0, (int)elements).Select(i => i % 7))}}}]}]}
                    """);
            }
    }

    /// <summary>What the framework logs of an exception that reached it.</summary>
    private sealed class LastError : ILogEventSink
    {
        public Exception? Exception { get; private set; }

        public void Emit(LogEvent logEvent) => Exception = logEvent.Exception ?? Exception;
    }
}
