using System.ComponentModel;
using System.Diagnostics;
using RlOffload.Environment;
using RlOffload.Inference.Codec.Lanes;

namespace RlOffload.Training.Packing;

/// <summary>The program as one file that brings its runtime, by 'dotnet publish'.</summary>
internal static class PublishedProgram
{
    public const string Name = "rloffload";

    /// <summary>Newer first: natively a framework can be had only where its native runtime restores.</summary>
    private static readonly string[] NativeFrameworks = ["net10.0", "net9.0"];

    /// <summary>
    /// Self-contained forms come with the code of the processor where the compiler for that restores, which halves the time to the first answer; else with what a just-in-time compiler
    /// makes of it.
    /// </summary>
    /// <returns>For which framework; null where its packages do not restore, or the native form has no linker.</returns>
    /// <param name="work">Folder for what the build leaves behind; the sources' own output stays as it is.</param>
    /// <param name="notes">Told why it is not the newest framework, or none.</param>
    /// <exception cref="InputException">There is no SDK, or the sources do not build.</exception>
    public static async Task<string?> Publish(PackOptions options, PackForm form, string work, string to, List<string> notes, CancellationToken cancel)
    {
        if (form != PackForm.Native)
        {
            foreach (var compiled in (bool[])[true, false])
                if (await Publish(options, options.Project, Arguments(options, form, compiled), work, to, cancel).ConfigureAwait(false))
                    return "net10.0";
            notes.Add($"the .NET runtime pack for {options.Rid} does not restore from the package sources");
            return null;
        }
        if (options.Device is not null && Linker() is null)
        {
            notes.Add("not compiled ahead of time: that needs clang or gcc as linker, and neither is here");
            return null;
        }
        foreach (var framework in NativeFrameworks)
        {
            string[] arguments = [$"-p:DeviceFramework={framework}"];
            if (await Publish(options, options.Device, arguments, Path.Combine(work, framework), to, cancel).ConfigureAwait(false))
            {
                if (!options.Baseline)
                    await Widen(options, framework, arguments, Path.Combine(work, framework), to, notes, cancel).ConfigureAwait(false);
                return framework;
            }
            notes.Add($"the native runtime of {framework} for {options.Rid} does not restore from the package sources");
        }
        return null;
    }

    /// <summary>The same program for wider vectors, beside the one that runs everywhere. What does not build is left out: that one does without.</summary>
    private static async Task Widen(PackOptions options, string framework, string[] arguments, string work, string to, List<string> notes, CancellationToken cancel)
    {
        foreach (var level in WideProgram.Levels)
        {
            var (wide, instructions) = (Path.Combine(work, Simd.Name(level)), WideProgram.Instructions(level, framework));
            try
            {
                if (await Publish(options, options.Device, [.. arguments, $"-p:IlcInstructionSet={instructions.Replace(",", "%2C", StringComparison.Ordinal)}"], work, wide, cancel).ConfigureAwait(false))
                    File.Move(Path.Combine(wide, Name), WideProgram.Beside(Path.Combine(to, Name), level));
            }
            catch (InputException e)
            {
                notes.Add($"not compiled for {Simd.Name(level)}: {e.Message}");
            }
        }
    }

    private static string? Linker() => (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => (string[])[Path.Combine(folder, "clang"), Path.Combine(folder, "gcc")]).FirstOrDefault(File.Exists);

    private static async Task<bool> Publish(PackOptions options, string? project, IEnumerable<string> arguments, string work, string to, CancellationToken cancel)
    {
        if (project is null)
            throw new InputException("pack", "--form", "needs the sources, which are not around this program; allowed without them is portable");
        var start = new ProcessStartInfo(options.Dotnet) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["publish", project, "-c", "Release", "-r", options.Rid, "-o", to, "--artifacts-path", work, "-nologo", "-v", "q", "--nodeReuse:false", "-p:DebugType=none", "-p:UseSharedCompilation=false", "-p:TreatWarningsAsErrors=false", .. arguments])
            start.ArgumentList.Add(argument);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InputException("pack", "--form", $"needs the .NET SDK, but '{options.Dotnet}' does not start ({e.Message}); allowed without it is portable");
        }
        using var running = process;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.WaitForExitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        if (process.ExitCode == 0)
            return true;
        var said = await output.ConfigureAwait(false) + await errors.ConfigureAwait(false);
        // Packages that no source has.
        if (said.Contains("NU1101", StringComparison.Ordinal) || said.Contains("NU1102", StringComparison.Ordinal))
            return false;
        var first = said.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? said.Trim();
        throw new InputException("pack", "--form", $"'dotnet publish' ended with code {process.ExitCode}: {first.Trim()}; allowed without a build is portable");
    }

    private static IEnumerable<string> Arguments(PackOptions options, PackForm form, bool compiled) =>
    [
        "--self-contained", "-p:PublishSingleFile=true",
        // One assembly at a time: compiled as one whole, the program would be twice as large in memory.
        $"-p:PublishReadyToRun={compiled}", "-p:PublishReadyToRunComposite=false",
        // The project's own assemblies stay whole (they are roots of the trimming): configs and options are bound by reflection, which the analyzers cannot know.
        .. form == PackForm.Trimmed
            ? (IEnumerable<string>)["-p:PublishTrimmed=true", "-p:TrimMode=full", "-p:JsonSerializerIsReflectionEnabledByDefault=true", "-p:EnableTrimAnalyzer=false"]
            : [],
    ];
}
