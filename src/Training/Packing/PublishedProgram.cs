using System.ComponentModel;
using System.Diagnostics;
using RlOffload.Environment;

namespace RlOffload.Training.Packing;

/// <summary>The program as one file that brings its runtime, by 'dotnet publish'.</summary>
internal static class PublishedProgram
{
    public const string Name = "rloffload";

    /// <summary>With the code of the processor where the compiler for that restores, which halves the time to the first answer; else with what a just-in-time compiler makes of it.</summary>
    /// <returns>False where the runtime pack of <see cref="PackOptions.Rid"/> does not restore.</returns>
    /// <param name="work">Folder for what the build leaves behind; the sources' own output stays as it is.</param>
    /// <exception cref="InputException">There is no SDK, or the sources do not build.</exception>
    public static async Task<bool> Publish(PackOptions options, PackForm form, string work, string to, CancellationToken cancel) =>
        await Publish(options, form, compiled: true, work, to, cancel).ConfigureAwait(false) || await Publish(options, form, compiled: false, work, to, cancel).ConfigureAwait(false);

    private static async Task<bool> Publish(PackOptions options, PackForm form, bool compiled, string work, string to, CancellationToken cancel)
    {
        if (options.Project is null)
            throw new InputException("pack", "--form", "needs the sources, which are not around this program; allowed without them is portable");
        var start = new ProcessStartInfo(options.Dotnet) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments(options, form, compiled, work, to))
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

    private static IEnumerable<string> Arguments(PackOptions options, PackForm form, bool compiled, string work, string to) =>
    [
        "publish", options.Project!, "-c", "Release", "-r", options.Rid, "--self-contained", "-o", to, "--artifacts-path", work, "-nologo", "-v", "q", "--nodeReuse:false",
        "-p:PublishSingleFile=true", "-p:DebugType=none", "-p:UseSharedCompilation=false", "-p:TreatWarningsAsErrors=false",
        // One assembly at a time: compiled as one whole, the program would be twice as large in memory.
        $"-p:PublishReadyToRun={compiled}", "-p:PublishReadyToRunComposite=false",
        // The project's own assemblies stay whole (they are roots of the trimming): configs, policies and options are bound by reflection, which the analyzers cannot know.
        .. form == PackForm.Trimmed
            ? (IEnumerable<string>)["-p:PublishTrimmed=true", "-p:TrimMode=full", "-p:JsonSerializerIsReflectionEnabledByDefault=true", "-p:EnableTrimAnalyzer=false"]
            : [],
    ];
}
