namespace RlOffload.Environment;

public enum OutcomeKind : byte { Answered, Fallback, Missed, Dropped }

/// <summary>What became of one request. Times in s, energy in J (its own work; idle power and radio tails belong to the window).</summary>
/// <param name="Latency">Answer less arrival; the deadline where missed or dropped.</param>
public readonly record struct Outcome(
    int Request, int Plan, OutcomeKind Kind, double Reward, double Accuracy, double Latency, double Deadline, double Energy,
    double BytesSent, double MemoryBytes, double DeviceWait, double Device, double UplinkWait, double Uplink, double Server, double RoundTrip)
{
    public bool InTime => Kind is OutcomeKind.Answered or OutcomeKind.Fallback;
}
