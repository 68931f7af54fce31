namespace RlOffload.Environment;

public enum OutcomeKind : byte { Answered, Fallback, Missed, Dropped }

/// <summary>What became of one request. Times in s, energy in J (its own work; idle power and radio tails belong to the window).</summary>
/// <param name="Exit">Where the answer came from: the planned exit, an earlier one that was confident, or that of a fallback; -1 without an answer.</param>
/// <param name="Image">The request's image among those of the profile, by which what a tried exit said can be looked up; -1 if it is none of them.</param>
/// <param name="Latency">Answer less arrival; the deadline where missed or dropped.</param>
public readonly record struct Outcome(
    int Request, int Plan, OutcomeKind Kind, double Reward, double Accuracy, double Latency, double Deadline, double Energy,
    double BytesSent, double MemoryBytes, double DeviceWait, double Device, double UplinkWait, double Uplink, double Server, double RoundTrip,
    int Exit = -1, int Image = -1)
{
    public bool InTime => Kind is OutcomeKind.Answered or OutcomeKind.Fallback;
}
