using System.CommandLine;
using RlOffload.Cli.Verbs.Traces;

namespace RlOffload.Cli.Verbs;

internal static class TracesVerb
{
    public static Command Create() => new("traces", "Shows link traces, fits link models to them, converts them.")
    {
        InspectTraces.Create(),
        FitTraces.Create(),
        ConvertTrace.Create(),
    };
}
