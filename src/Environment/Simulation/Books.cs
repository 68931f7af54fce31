using System.Runtime.CompilerServices;

namespace RlOffload.Environment.Simulation;

/// <summary>All that the <see cref="Stations"/> know beside the jobs: one block of memory, so that a state is taken over by one copy.</summary>
internal struct Books
{
    /// <summary>Jobs, and how many are at each stage.</summary>
    public int Count;
    public StageCounts At;

    /// <summary>The job that each station works on; -1 if it is idle.</summary>
    public int OnDevice, OnUplink, OnServer;

    /// <summary>The foreseen job that the server may not have done with; -1 if there is none.</summary>
    public int Foreseen;

    /// <summary>Requests accepted and not answered; those missed so far.</summary>
    public int InFlight, Misses;

    /// <summary>Sums since the window began.</summary>
    public double Time, Reward, Shortfall, BytesSent, DeviceSeconds, UplinkSeconds;

    /// <summary>When work last left the stations, when the heat was brought up to date, when a request last came.</summary>
    public double DeviceEnd, UplinkEnd, HeatTime, LastArrival;

    /// <summary>Heat 0..1, the factor on expected device times, arrivals a second.</summary>
    public double Heat, Calibration, Fast, Slow;

    public PowerMeter Power;
    public LinkKnowledge Knows;
    public VirtualQueues Queues;

    public static Books New(Scenario s) => new()
    {
        OnDevice = -1, OnUplink = -1, OnServer = -1, Foreseen = -1, LastArrival = double.NegativeInfinity, Calibration = 1,
        Power = PowerMeter.Full(s), Knows = LinkKnowledge.Nothing(s),
    };
}

/// <summary>A number for each <see cref="Stage"/>.</summary>
[InlineArray(10)]
internal struct StageCounts
{
    private int _first;
}
