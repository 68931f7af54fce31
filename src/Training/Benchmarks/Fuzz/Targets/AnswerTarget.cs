using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Wire;
using RlOffload.Training.Benchmarks.Chaos;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>
/// What a server answers to a device, which has to tell its controller an answer or a reason, whatever comes. The first byte of an input says what the device
/// speaks, the second how HTTP presents the rest.
/// </summary>
internal sealed class AnswerTarget : IFuzzTarget
{
    private const int Request = 5;

    private static readonly string[] Heads =
    [
        "200 OK", "200 OK", "200 OK", "429 Too Many Requests", "500 Failed", "204 No Content", "200 OK\r\nContent-Type: text/plain; charset=none", "400 Bad\r\nContent-Type: x; charset=none",
    ];

    private readonly FuzzNetwork _network;
    private readonly CostModel _model;
    private readonly FlightPool _pool;
    private readonly Mailbox _mailbox = new(new RunClock(TimeProvider.System));
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread _answering;
    private readonly Mutator _frames, _bodies;
    private volatile byte[] _answer = [];

    public AnswerTarget(string folder)
    {
        _network = new FuzzNetwork(folder);
        var scenario = new Scenario();
        _model = new CostModel(new CostTable(_network.Profile, PlanTable.Of(_network.Profile, [8], probe: false), scenario), scenario);
        _pool = FlightPool.Of(_network.Partitions, TinyNetwork.FrameBytes, [], ready: 1);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _answering = new Thread(Serve) { IsBackground = true };
        _answering.Start();
        var answer = new byte[AnswerHeader.Size + 40];
        new AnswerHeader(1, 1, 40, 0.001, 0.002, Request, ReceivedSeconds: 0.25).Write(answer);
        Checksum.Seal(answer);
        var refusal = FuzzNetwork.Control(ControlKind.Refusal, 30, 429);
        BinaryPrimitives.WriteUInt64LittleEndian(refusal.AsSpan(24), Request);
        const string outputs = """{"model_name":"network","id":"1","parameters":{"waited_us":5,"computed_us":7,"busy":0.5},"outputs":[{"name":"exit2","datatype":"FP32","shape":[1,10],""";
        var (data, binary) = (outputs + "\"data\":[0,1,2,3,4,5,6,7,8,9]}]}", outputs + "\"parameters\":{\"binary_data_size\":40}}]}");
        _frames = new Mutator(InputShape.Binary, [answer, refusal, FuzzNetwork.Control(ControlKind.Probe, 0), [.. FuzzNetwork.Control(ControlKind.Probe, 0), .. answer]]);
        _bodies = new Mutator(InputShape.Text, [Encoding.UTF8.GetBytes("\n" + data), [.. Encoding.UTF8.GetBytes($"{binary.Length}\n{binary}"), .. new byte[40]]]);
    }

    public byte[] Make(ref Rng rng)
    {
        var kind = rng.NextInt(3);
        var head = rng.NextInt(Heads.Length);
        return [(byte)kind, (byte)head, .. kind == (int)RemoteKind.Oip ? _bodies.Make(ref rng) : FrameTarget.Mended(_frames.Make(ref rng), ref rng)];
    }

    public bool Read(byte[] input)
    {
        var kind = (RemoteKind)input[0];
        _answer = kind == RemoteKind.Frames ? input[2..] : Http(Heads[input[1]], input[2..], kind == RemoteKind.Oip);
        var port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"{(kind == RemoteKind.Frames ? "tcp" : "http")}://127.0.0.1:{port}/"));
        using var client = RemoteClient.Connect(new RemoteOptions(address, kind), _network.Partitions, "raw", _model, _mailbox, _pool);
        var flight = _pool.Take();
        var plan = Enumerable.Range(0, _model.Count).First(p => _model.Table.Plans[p] is { Kind: PlanKind.Remote, Exit: 1 });
        flight.Begin(Request, 0, 0, 1);
        flight.Planned(plan, _model.Table.Plans[plan], default, new Observation(), 0);
        client.Send(flight);
        while (true)
        {
            if (!_mailbox.TryTake(out var told))
                _mailbox.WaitUntil(_mailbox.Clock.Now + 1);
            else if (told.What is What.Answered or What.Failed)
                return told.What == What.Answered;
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _answering.Join();
        _pool.Dispose();
        _network.Dispose();
    }

    private static byte[] Http(string head, byte[] body, bool open)
    {
        var headers = new StringBuilder($"HTTP/1.1 {head}\r\n");
        var line = open ? Array.IndexOf(body, (byte)'\n') : -1;
        var length = new string([.. Encoding.Latin1.GetString(body, 0, Math.Max(0, line)).Where(c => c is > ' ' and <= '~').Take(40)]);
        if (length.Length > 0)
            headers.Append(CultureInfo.InvariantCulture, $"{OpenNames.HeadLength}: {length}\r\n");
        body = body[(line + 1)..];
        return [.. Encoding.Latin1.GetBytes(headers.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n").ToString()), .. body];
    }

    /// <summary>Takes each request whole, writes what the answer is now, and closes.</summary>
    private void Serve()
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (true)
            {
                using var socket = _listener.Accept();
                try
                {
                    for (int read = 0, some; !IsWhole(buffer.AsSpan(0, read)) && (some = socket.Receive(buffer.AsSpan(read))) > 0;)
                        read += some;
                    socket.Send(_answer);
                    socket.Shutdown(SocketShutdown.Both);
                }
                catch (SocketException)
                {
                    // The device had enough of it.
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // No more is listened to.
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> request)
    {
        if (request.Length < RequestHeader.Size)
            return false;
        if (request.StartsWith("RLO"u8))
            return request.Length >= RequestHeader.Size + BinaryPrimitives.ReadInt32LittleEndian(request[12..]);
        var end = request.IndexOf("\r\n\r\n"u8);
        var length = request.IndexOf("Content-Length: "u8);
        if (end < 0 || length < 0)
            return end >= 0;
        var digits = request[(length + 16)..];
        return request.Length >= end + 4 + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
