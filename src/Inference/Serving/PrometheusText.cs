using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace RlOffload.Inference.Serving;

/// <summary>
/// Listens to a meter and writes what it heard in Prometheus' text format (version 0.0.4): counters as NAME_total, histograms with their buckets, gauges as they
/// are when asked. Names have underscores for dots, and the unit at their end.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);

    public PrometheusText(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter)
                listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Note((Family)family!, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Note((Family)family!, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Note((Family)family!, value, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
            foreach (var family in _families.Values)
                family.Write(text);
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private Family FamilyOf(Instrument instrument)
    {
        lock (_gate)
        {
            var family = new Family(instrument);
            return _families.TryAdd(family.Name, family) ? family : _families[family.Name];
        }
    }

    private void Note(Family family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
            family.Note(value, tags);
    }

    private sealed class Family
    {
        private readonly string _what, _kind;
        private readonly double[]? _bounds;
        private readonly List<Series> _series = [];

        public Family(Instrument instrument)
        {
            (_kind, _bounds, _what) = instrument switch
            {
                Counter<long> => ("counter", null, instrument.Description ?? ""),
                Histogram<double> h => ("histogram", Bounds(h.Advice?.HistogramBucketBoundaries), instrument.Description ?? ""),
                Histogram<int> h => ("histogram", Bounds(h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b)), instrument.Description ?? ""),
                _ => ("gauge", (double[]?)null, instrument.Description ?? ""),
            };
            var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
            Name = instrument.Name.Replace('.', '_') + unit + (_kind == "counter" ? "_total" : "");
        }

        public string Name { get; }

        public void Note(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var series = Find(tags);
            if (_kind == "gauge")
            {
                series.Sum = value;
                return;
            }
            series.Sum += value;
            series.Count++;
            if (_bounds is not null)
                series.Buckets[Bucket(value)]++;
        }

        public void Write(StringBuilder text)
        {
            text.Append($"# HELP {Name} {_what}\n# TYPE {Name} {_kind}\n");
            foreach (var series in _series)
            {
                if (_bounds is null)
                {
                    Line(text, "", series.Labels, "", series.Sum);
                    continue;
                }
                long below = 0;
                for (var b = 0; b <= _bounds.Length; b++)
                    Line(text, "_bucket", series.Labels, $"le=\"{(b < _bounds.Length ? Number(_bounds[b]) : "+Inf")}\"", below += series.Buckets[b]);
                Line(text, "_sum", series.Labels, "", series.Sum);
                Line(text, "_count", series.Labels, "", series.Count);
            }
        }

        private void Line(StringBuilder text, string suffix, string labels, string more, double value)
        {
            text.Append(Name).Append(suffix);
            if (labels.Length + more.Length > 0)
                text.Append('{').Append(labels).Append(labels.Length > 0 && more.Length > 0 ? "," : "").Append(more).Append('}');
            text.Append(' ').Append(Number(value)).Append('\n');
        }

        /// <summary>Tags are arrays that their owner keeps, so most are found by their first value being the very same object.</summary>
        private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var known in _series)
                if (known.Is(tags))
                    return known;
            var series = new Series(tags.ToArray(), _bounds is null ? 0 : _bounds.Length + 1);
            _series.Add(series);
            return series;
        }

        /// <summary>The first whose bound is not below the value.</summary>
        private int Bucket(double value)
        {
            var at = Array.BinarySearch(_bounds!, value);
            return at >= 0 ? at : ~at;
        }

        private static double[] Bounds(IEnumerable<double>? bounds) => [.. bounds ?? []];

        private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    private sealed class Series(KeyValuePair<string, object?>[] tags, int buckets)
    {
        public readonly long[] Buckets = new long[buckets];
        public double Sum;
        public long Count;

        public string Labels { get; } = string.Join(',', tags.Select(t => $"{t.Key.Replace('.', '_')}=\"{Escaped($"{t.Value}")}\""));

        public bool Is(ReadOnlySpan<KeyValuePair<string, object?>> others)
        {
            if (others.Length != tags.Length)
                return false;
            for (var i = 0; i < tags.Length; i++)
                if (!Equals(tags[i].Value, others[i].Value))
                    return false;
            return true;
        }

        private static string Escaped(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");
    }
}
