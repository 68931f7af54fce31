namespace RlOffload.Training.Distillation;

/// <summary>Each entry of visited observations in bins of about equal population, so that a sum over states by bin tries all thresholds at once.</summary>
internal sealed class Bins
{
    public const int Most = 64;

    private readonly byte[] _codes;
    private readonly int _inputs;

    public Bins(Visits visits)
    {
        _inputs = visits.Inputs;
        _codes = new byte[visits.Count * _inputs];
        Thresholds = new float[_inputs][];
        var column = new float[visits.Count];
        for (var f = 0; f < _inputs; f++)
        {
            for (var i = 0; i < column.Length; i++)
                column[i] = visits.Entry(i, f);
            Array.Sort(column);
            var last = column[^1];
            Thresholds[f] = [.. Enumerable.Range(1, Most - 1).Select(b => column[(int)((long)b * (column.Length - 1) / Most)]).Where(t => t < last && float.IsFinite(t)).Distinct()];
            for (var i = 0; i < column.Length; i++)
                _codes[i * _inputs + f] = (byte)BinOf(Thresholds[f], visits.Entry(i, f));
        }
    }

    /// <summary>By entry, rising; bin b ends with threshold b.</summary>
    public float[][] Thresholds { get; }

    public int Code(int state, int entry) => _codes[state * _inputs + entry];

    private static int BinOf(float[] thresholds, float value)
    {
        var at = Array.BinarySearch(thresholds, value);
        return at >= 0 ? at : ~at;
    }
}
