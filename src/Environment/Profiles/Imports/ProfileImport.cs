namespace RlOffload.Environment.Profiles.Imports;

/// <summary>Whose measurements a profile is made of.</summary>
public enum ImportSource { Portend, Scission }

/// <summary>
/// A profile made of published measurements: heads timed on one machine, tails on another. The measurements have no licence for redistribution,
/// so the profile is made where they are and stays out of the repository.
/// </summary>
/// <param name="Folder">Where the measurements are.</param>
/// <param name="Network">Name of the network; the beginning is enough where it is unique, and signs and case do not matter. So for the machines.</param>
/// <param name="Exits">Blocks after which the network may be left; null: a choice of at most six.</param>
public sealed record ProfileImport(ImportSource Source, string Folder, string Network, string Device, string Server, IReadOnlyList<int>? Exits = null)
{
    /// <exception cref="InputException">A file is missing or contradicts itself, or the network or a machine is not in it.</exception>
    public ModelProfile Read()
    {
        var profile = Source == ImportSource.Portend ? PortendImport.Read(this) : ScissionImport.Read(this);
        var problems = ProfileFile.Check(profile).Select(p => $"{Folder}:{Network}: makes no profile: {p}").ToList();
        return problems.Count == 0 ? profile : throw new InputException(problems);
    }

    /// <summary>Files that the folder must hold.</summary>
    public static IReadOnlyList<string> FilesOf(ImportSource source) => source == ImportSource.Portend
        ? [PortendImport.Times, PortendImport.Inputs, PortendImport.Exits]
        : ["device-raspi4.csv"];

    /// <summary>The one of <paramref name="known"/> that is meant: the same, else the only one that begins so, else the only one that contains it.</summary>
    internal static string Choose(string path, string key, string given, IEnumerable<string> known)
    {
        string[] all = [.. known.Distinct()];
        var wanted = Plain(given);
        foreach (var fits in (Func<string, bool>[])[k => k == wanted, k => k.StartsWith(wanted, StringComparison.Ordinal), k => k.Contains(wanted, StringComparison.Ordinal)])
            if (wanted.Length > 0 && all.Where(k => fits(Plain(k))).ToArray() is [var only])
                return only;
        throw new InputException(path, key, $"has no single '{given}', allowed is one of {string.Join(", ", all)}");
    }

    private static string Plain(string name) => new([.. name.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);

    /// <summary>Without a spread in the data, the 90 % quantile is the median.</summary>
    internal static Duration Ms(double median) => new(median, median);

    internal static MeasuringMachine Machine(string device, string server, int repeats, string date) =>
        new($"{device} (heads), {server} (server tails)", "not stated", "", "", 1, "not stated", repeats, date);
}
