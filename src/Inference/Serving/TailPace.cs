using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Serving;

/// <summary>How long a network's tails take here now, as a multiple of what its profile says: told to devices that probe, so that they learn of a load before they send anything.</summary>
internal sealed class TailPace(ModelProfile profile, TimeProvider time)
{
    /// <summary>Weight of the newest.</summary>
    private const double Newest = 0.2;

    /// <summary>What was computed longer ago says nothing of now.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(int Exit, int Cut), double> _profiled =
        profile.Partitions.Where(p => !p.Local && p.OnServerMs.Median > 0).ToDictionary(p => (p.Exit, p.Cut), p => p.OnServerMs.Median * 1e-3);
    private readonly Lock _gate = new();
    private double _pace;
    private long _at;

    /// <summary>A tail took so long, unpacking included.</summary>
    public void Add(int exit, int cut, double seconds)
    {
        if (!_profiled.TryGetValue((exit, cut), out var profiled))
            return;
        var pace = seconds / profiled;
        lock (_gate)
        {
            _pace = IsOld ? pace : _pace + Newest * (pace - _pace);
            _at = time.GetTimestamp();
        }
    }

    /// <summary>0 where none was computed lately.</summary>
    public float Now
    {
        get
        {
            lock (_gate)
                return IsOld ? 0 : (float)_pace;
        }
    }

    private bool IsOld => _at == 0 || time.GetElapsedTime(_at) > Lately;
}
