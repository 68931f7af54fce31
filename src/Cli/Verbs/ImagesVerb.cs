using System.CommandLine;

namespace RlOffload.Cli.Verbs;

internal static class ImagesVerb
{
    public static Command Create() => new("images", "Makes the camera-like frames that the shipped network is trained and tested on.");
}
