using System.CommandLine;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Environment.Profiles.Imports;

namespace RlOffload.Cli.Verbs;

internal static class ProfilesVerb
{
    public static Command Create() => new("profiles", "Makes profiles of measurements that others published.") { Import() };

    private static Command Import()
    {
        var source = new Argument<ImportSource>("SOURCE") { Description = "portend (EfficientNet and ResNet with early exits) or scission (18 Keras networks)." };
        var folder = new Argument<string>("DIR") { Description = "Folder with the measurements as CSV." };
        var network = new Option<string>("--network") { Description = "Name of the network; a unique beginning is enough.", Required = true };
        var device = new Option<string>("--device") { Description = "Machine that heads and local plans run on.", Required = true };
        var server = new Option<string>("--server") { Description = "Machine that tails run on.", Required = true };
        var exits = new Option<int[]>("--exits") { Description = "Blocks after which the network may be left [default: at most six].", AllowMultipleArgumentsPerToken = true };
        var output = new Option<string>("--out") { Description = "The profile to write (JSON).", Required = true };
        var command = new Command("import", """
            Makes a profile of published measurements. Device and server were timed each by itself, so a config uses time_factor 1 for both.
            What the measurements lack is assumed and marked so in the profile: accuracy_source and assumptions.

            Examples:
              rloffload profiles import portend ../shared/data/profiles/portend --network efficientnetb0 --device a1.medium --server g4dn --out b0.json
              rloffload profiles import scission ../shared/data/profiles/scission --network resnet50 --device raspi4 --server 6700k_GPU --out resnet50.json
            """)
        {
            source, folder, network, device, server, exits, output,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(output);
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } target && !Directory.Exists(target))
                throw new InputException("--out", path, $"cannot be written because {target} is not there, allowed is a file in a folder that is");
            var profile = new ProfileImport(parsed.GetValue(source), parsed.GetRequiredValue(folder), parsed.GetRequiredValue(network), parsed.GetRequiredValue(device),
                parsed.GetRequiredValue(server), parsed.GetValue(exits) is { Length: > 0 } told ? told : null).Read();
            ProfileFile.Write(profile, path);
            ProfileTable.Print(profile);
            Console.WriteLine($"{profile.Source}");
            Console.WriteLine($"accuracy by bits: {profile.AccuracySource}");
            foreach (var assumption in profile.Assumptions ?? [])
                Console.WriteLine($"assumed: {assumption}");
            Console.WriteLine($"Wrote {path}");
            return 0;
        });
        return command;
    }
}
