using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Inference.Codec.Lanes;
using Spectre.Console;

namespace RlOffload.Cli;

/// <summary>What all verbs share: errors become one clear message and exit code 2, Ctrl-C becomes 130.</summary>
internal static class Verb
{
    public static int Invoke(RootCommand root, string[] args)
    {
        if (Console.IsOutputRedirected)
        {
            // A file or a pipe has no width to break lines at, and no colours.
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Profile.Width = 240;
        }
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                Console.Error.WriteLine($"rloffload: {error.Message}");
            Console.Error.WriteLine("Try 'rloffload --help' or 'rloffload VERB --help'.");
            return 2;
        }
        try
        {
            Simd.Check();
            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // After Ctrl-C a busy machine may need a while to write a checkpoint; two seconds, the default, would cut it off.
                ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
            });
        }
        catch (InputException e)
        {
            foreach (var problem in e.Problems)
                Console.Error.WriteLine(problem);
            return 2;
        }
        // The last of them ends a training that was told to check its numbers.
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or NotFiniteNumberException)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }
}
