using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Remote;

/// <summary>What the client allocates between a request's decision and its answer, over a real socket to a server on a thread of this process that allocates nothing itself.</summary>
[Collection(nameof(Alone))]
public sealed class FrameMemoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PartitionSet _partitions;
    private readonly FlightPool _pool;
    private readonly Mailbox _mailbox = new(new RunClock(TimeProvider.System));
    private readonly CostModel _model;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread _serving;

    public FrameMemoryTests()
    {
        var network = new TestNetwork(_folder);
        _model = network.Model();
        _partitions = new PartitionSet(network.ModelPath, network.Profile);
        _pool = FlightPool.Of(_partitions, TestNetwork.FrameBytes, [], ready: 4);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _serving = new Thread(Serve) { IsBackground = true };
        _serving.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _serving.Join();
        _pool.Dispose();
        _partitions.Dispose();
        _mailbox.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("cut2@2/8b", 1, false)]
    [InlineData("remote@2", 1, false)]
    [InlineData("cut1@2/32b", 3, false)]
    [InlineData("cut2@2/8b", 3, true)]
    public void ARequestAllocatesNothingFromItsDecisionToItsAnswer(string text, int together, bool stops)
    {
        var plan = Enumerable.Range(0, _model.Count).Single(p => _model.Table.Plans[p].ToString() == text);
        var options = new RemoteOptions(new Uri($"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}"), RemoteKind.Frames);
        var (writer, pixels) = (options.Writer(_partitions, "raw"), new PixelCodec(_partitions.Profile));
        using var client = RemoteClient.Connect(options, _partitions, "raw", _model, _mailbox, _pool);
        var (frame, seen) = (TestNetwork.Frame(3), new Observation());
        var (request, failed) = (0, 0);
        // Whatever else runs in this process may allocate now and then, and the first requests make what later ones use; what a request allocates comes in every round.
        var least = long.MaxValue;
        for (var round = 0; round < 100 && least > 0; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < 300; i++)
            {
                for (var t = 0; t < together; t++)
                    Send(request++);
                var stopped = stops ? request - 1 : -1;
                for (var answers = 0; answers < (stops ? together - 1 : together);)
                {
                    var told = Told();
                    failed += told.What == What.Failed ? 1 : 0;
                    // The last one has left by then, and is not wanted any more.
                    if (told.What == What.Sent && told.Request == stopped)
                        client.Stop(stopped, probe: false);
                    answers += told.What is What.Answered or What.Failed ? 1 : 0;
                }
            }
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.Equal((0, 0), (failed, least));

        void Send(int number)
        {
            var flight = _pool.Take();
            frame.CopyTo(flight.Pixels, 0);
            flight.Begin(number, 0, 0, 1);
            flight.Planned(plan, _model.Table.Plans[plan], default, seen, 0);
            if (flight.Plan.Kind == PlanKind.Split)
            {
                pixels.Fill(flight.Pixels, flight.Store!.Input.Bytes);
                flight.Store.RunHead(flight.Plan.Cut);
                flight.MessageBytes = writer.Write(flight.Plan, (ulong)number, flight.Pixels, flight.Store, ref flight.Message);
            }
            client.Send(flight);
        }
    }

    private Happened Told()
    {
        Happened told;
        while (!_mailbox.TryTake(out told))
            _mailbox.WaitUntil(_mailbox.Clock.Now + 1);
        return told;
    }

    /// <summary>Reads each message whole and answers it.</summary>
    private void Serve()
    {
        var (buffer, answer) = (new byte[1 << 16], new byte[AnswerHeader.Size + 4 * TestNetwork.Classes]);
        try
        {
            using var socket = _listener.Accept();
            socket.NoDelay = true;
            while (Fill(socket, buffer.AsSpan(0, RequestHeader.Size)))
            {
                var request = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(24));
                if (!Fill(socket, buffer.AsSpan(0, BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(12)))))
                    return;
                new AnswerHeader(1, 1, answer.Length - AnswerHeader.Size, 0, 0, request).Write(answer);
                Checksum.Seal(answer);
                socket.Send(answer);
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private static bool Fill(Socket socket, Span<byte> to)
    {
        for (int some; to.Length > 0; to = to[some..])
            if ((some = socket.Receive(to)) == 0)
                return false;
        return true;
    }
}
