using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Remote;
using RlOffload.Inference.Wire;

namespace RlOffload.Tests.Inference.Remote;

/// <summary>Notes in which order it is told what.</summary>
internal sealed class NotedExchange : Exchange
{
    private readonly SemaphoreSlim _left = new(0), _ended = new(0);
    private readonly List<string> _told = [];
    private Reply _reply;

    public NotedExchange(int request, int bytes = 200)
    {
        Frame = new byte[bytes];
        Again(request);
    }

    public byte[] Frame { get; }
    public int Ends { get; private set; }

    public string Told
    {
        get
        {
            lock (_told)
                return string.Join(' ', _told);
        }
    }

    /// <summary>The same memory for another request, as its owner does once it has ended.</summary>
    public void Again(int request)
    {
        new RequestHeader(1, 2, 8, PayloadKind.Tensors, 1, Frame.Length - RequestHeader.Size, 7, (ulong)request).Write(Frame);
        var flight = new Flight(null, 0) { Message = Frame, MessageBytes = Frame.Length };
        flight.Begin(request, 0, 0, 1);
        flight.Planned(0, new OffloadPlan(PlanKind.Split, 1, 2, 8), default, new Observation(), 0);
        (flight.Message, flight.MessageBytes) = (Frame, Frame.Length);
        Begin(flight, request);
    }

    public async Task HasLeft() => Assert.True(await _left.WaitAsync(TimeSpan.FromSeconds(30)));

    public async Task<Reply> Ended()
    {
        Assert.True(await _ended.WaitAsync(TimeSpan.FromSeconds(30)), $"request {Request} was not ended");
        return _reply;
    }

    public override bool TryPrepare() => true;

    public override void Sent()
    {
        lock (_told)
            _told.Add("sent");
        _left.Release();
    }

    public override void End(in Reply reply)
    {
        lock (_told)
            _told.Add("ended");
        (_reply, Ends) = (reply, Ends + 1);
        _ended.Release();
    }
}
