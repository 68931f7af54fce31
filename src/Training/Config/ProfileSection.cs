using RlOffload.Environment.Profiles.Imports;

namespace RlOffload.Training.Config;

/// <summary>Reads a <c>profile</c> that is made of published measurements instead of a file.</summary>
internal static class ProfileSection
{
    public static ProfileImport Read(ConfigSection s)
    {
        var source = s.OneOf<ImportSource>("import");
        var (network, device, server) = (s.Text("network"), s.Text("device"), s.Text("server"));
        var folder = s.DataFolder("folder", ProfileImport.FilesOf(source),
            "these measurements have no licence and are not distributed here. Where they are, 'rloffload profiles import "
            + $"{source.ToString().ToLowerInvariant()} DIR --network {network} --device {device} --server {server} --out F.json' makes the profile, and '--set profile=F.json' uses it");
        var exits = s.Has("exits") ? s.Ints("exits", 1, 1000, 100) : null;
        s.Expect("exits");
        return new(source, folder, network, device, server, exits);
    }
}
