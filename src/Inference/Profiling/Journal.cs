using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;

namespace RlOffload.Inference.Profiling;

/// <summary>
/// Measurements as they are made, one JSON line each, beside the profile to come. The first line says what is measured; a journal of
/// anything else is started anew, and a last line cut short by a crash is dropped.
/// </summary>
[RequiresUnreferencedCode(Journal.Why), RequiresDynamicCode(Journal.Why)]
internal sealed class Journal : IDisposable
{
    internal const string Why = "Measurements of any type are kept as JSON by reflection. Networks are profiled by the whole program, never by one that was compiled ahead of time for a device.";

    private static readonly JsonSerializerOptions Json = new(ProfileFile.Json) { WriteIndented = false };

    private readonly Dictionary<string, JsonElement> _known = new(StringComparer.Ordinal);
    private readonly StreamWriter _writer;

    /// <param name="subject">Everything that the measurements depend on.</param>
    /// <exception cref="InputException">No file can be written there.</exception>
    public Journal(string path, string subject)
    {
        Path = path;
        var header = JsonSerializer.Serialize(new Entry("subject", JsonSerializer.SerializeToElement(subject)), Json);
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var kept = lines.Length > 0 && lines[0] == header ? lines.Skip(1).Where(Keep).ToList() : [];
        try
        {
            File.WriteAllLines(path, kept.Prepend(header));
            _writer = new StreamWriter(path, append: true) { AutoFlush = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be written ({e.Message.TrimEnd('.')}); --out must name a place for files");
        }
    }

    public string Path { get; }

    /// <summary>Measurements found from an earlier, interrupted profile.</summary>
    public int Resumed { get; private set; }

    public bool Knows(string key) => _known.ContainsKey(key);

    public T Measure<T>(string key, Func<T> measure)
    {
        if (_known.TryGetValue(key, out var known))
            return known.Deserialize<T>(Json)!;
        var value = measure();
        _writer.WriteLine(JsonSerializer.Serialize(new Entry(key, JsonSerializer.SerializeToElement(value, Json)), Json));
        return value;
    }

    /// <summary>The profile is written, so the journal is not needed any more.</summary>
    public void Delete()
    {
        _writer.Dispose();
        File.Delete(Path);
    }

    public void Dispose() => _writer.Dispose();

    private bool Keep(string line)
    {
        try
        {
            var entry = JsonSerializer.Deserialize<Entry>(line, Json);
            if (entry is null)
                return false;
            _known[entry.Key] = entry.Value;
            Resumed++;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Entry(string Key, JsonElement Value);
}
