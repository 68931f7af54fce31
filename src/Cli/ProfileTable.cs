using System.Globalization;
using RlOffload.Environment.Profiles;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>A profile on the terminal: one line a cut, for the deepest exit that the cut can lead to.</summary>
internal static class ProfileTable
{
    private const int LongestName = 28;

    private static readonly int[] ShownBits = [2, 4, 8, 32];

    public static void Print(ModelProfile profile)
    {
        var measured = profile.Accuracy.Count > 0;
        // A file or a pipe has no width of its own, and the default of 80 would break every name.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 140;
        var table = new Table().Border(TableBorder.Simple);
        foreach (var heading in new[] { "cut", "after", "KB", "exit", "head ms", "tail ms", "head MB", "identical" })
            table.AddColumn(new TableColumn(heading) { NoWrap = true, Alignment = heading == "after" ? Justify.Left : Justify.Right });
        var served = profile.Partitions.Any(p => p.ServerTailMs is not null);
        if (served)
            table.AddColumn(new TableColumn("tail ms, server") { NoWrap = true, Alignment = Justify.Right });
        if (measured)
            foreach (var bits in ShownBits)
                table.AddColumn(new TableColumn($"acc@{bits}").RightAligned());
        var cells = profile.Accuracy.ToDictionary(c => (c.Exit, c.Cut, c.Bits), c => c.Value);
        foreach (var cut in profile.Cuts)
        {
            var partition = profile.Partitions.Where(p => p.Cut == cut.Id).MaxBy(p => (p.Local ? 0 : 1, p.Exit))!;
            List<string> row =
            [
                Text(cut.Id), Short(cut.After), Text(cut.Bytes / 1024.0, "F1"), Text(partition.Exit) + (partition.Local ? " local" : ""),
                Text(partition.HeadMs.Median, "F3"), Text(partition.TailMs.Median, "F3"),
                Text(partition.HeadMemoryBytes / 1048576.0, "F2"), cut.Identical switch { true => "yes", false => "NO", null => "" },
            ];
            if (served)
                row.Add(partition.ServerTailMs is { } tail ? Text(tail.Median, "F3") : "");
            if (measured)
                row.AddRange(ShownBits.Select(bits => cells.TryGetValue((partition.Exit, cut.Id, bits), out var share) ? Text(share, "F3") : ""));
            table.AddRow([.. row.Select(r => new Text(r))]);
        }
        AnsiConsole.Write(table);
        var same = profile.Cuts.Count(c => c.Identical == true);
        Console.WriteLine($"{profile.Model.Path} at {string.Join('x', profile.Model.Shape)}: {profile.Cuts.Count} cuts, {same} bit-identical, "
            + $"{profile.Untimed.Count} not timed, {profile.Exits.Count} exit(s)");
        for (var e = 0; e < profile.Exits.Count; e++)
            Console.WriteLine($"  {string.Join(" + ", profile.Exits[e].AllOutputs)}: whole {Text(profile.WholeMs[e].Median, "F3")} ms"
                + (profile.Exits[e].Accuracy is { } share ? $", accuracy {Text(share, "F4")}" : ""));
        foreach (var encoding in profile.InputEncodings)
            Console.WriteLine($"  input as {encoding.Name}: {Text(encoding.Bytes, "F0")} bytes");
    }

    private static string Short(string name) => name.Length <= LongestName ? name : "..." + name[^(LongestName - 3)..];

    private static string Text(double value, string format = "G") => value.ToString(format, CultureInfo.InvariantCulture);
}
