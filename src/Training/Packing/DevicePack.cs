using RlOffload.Environment;
using RlOffload.Inference.Codec.Lanes;
using RlOffload.Inference.Policies;

namespace RlOffload.Training.Packing;

/// <summary>
/// Makes a folder that a device can run: bin/ (the program), policy/ (the frozen policy with its network and profile), device.env, a systemd unit and
/// a README. It is made beside its place, started once, and only then moved there.
/// </summary>
public static class DevicePack
{
    /// <param name="stage">Told what is done.</param>
    /// <exception cref="InputException">Something is missing, or what was packed does not run; nothing is left.</exception>
    public static async Task<PackReport> Make(PackOptions options, TimeProvider clock, Action<string>? stage, CancellationToken cancel)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Out));
        Check(options, target);
        var policy = FrozenPolicyFile.Read(options.Policy);
        FrozenPolicyFile.ReadGraph(options.Policy, policy);
        string[] models = [Named(options, policy.Model.Path, "model"), Named(options, policy.Profile.Path, "profile")];
        PortableProgram.LibraryOf(options);

        var partial = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.partial");
        Remove(partial);
        try
        {
            var made = Path.Combine(partial, "pack");
            var notes = new List<string>();
            var from = clock.GetTimestamp();
            var form = await Program(options, made, Path.Combine(partial, "build"), notes, stage, cancel).ConfigureAwait(false);
            var seconds = clock.GetElapsedTime(from).TotalSeconds;
            var modelBytes = CopyPolicy(options.Policy, policy, models, Path.Combine(made, "policy"));
            File.WriteAllText(Path.Combine(made, ServiceFiles.Unit), ServiceFiles.UnitText(form, options.Prefix, policy.Name, modelBytes));
            File.WriteAllText(Path.Combine(made, ServiceFiles.Settings), ServiceFiles.SettingsText(options.Server));
            File.WriteAllText(Path.Combine(made, ServiceFiles.ReadMe), ServiceFiles.ReadMeText(form, options.Prefix, policy, options.Rid));

            PackStart? start = null;
            if (options.Rid == Here)
            {
                stage?.Invoke("starting it once");
                start = await FirstAnswer.Measure(ServiceFiles.Command(form, made), Path.Combine(made, "policy"), clock, cancel).ConfigureAwait(false);
                if (start.AnswerSeconds is null)
                    notes.Add("without a server the policy's plans gave no answer: no branch of the network runs on the device alone");
            }
            else
                notes.Add($"packed for {options.Rid} and not run: this machine is {Here}");
            var (all, program) = (Bytes(made), Bytes(Path.Combine(made, "bin")));
            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(made, target);
            return new(options.Out, options.Rid, form, all, program, modelBytes, seconds, start, notes);
        }
        finally
        {
            Remove(partial);
        }
    }

    private static string Here { get; } = System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier switch
    {
        var rid when rid.EndsWith("-arm64", StringComparison.Ordinal) && OperatingSystem.IsLinux() => PackOptions.Arm64,
        var rid when rid.EndsWith("-x64", StringComparison.Ordinal) && OperatingSystem.IsLinux() => PackOptions.X64,
        var rid => rid,
    };

    private static void Check(PackOptions options, string target)
    {
        var problems = new List<string>();
        if (options.Rid is not (PackOptions.X64 or PackOptions.Arm64))
            problems.Add($"pack:--rid: is '{options.Rid}', allowed are {PackOptions.X64} and {PackOptions.Arm64}");
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            problems.Add($"{options.Out}:--out: is not empty, allowed is a folder that is empty or not there");
        if (!Directory.Exists(Path.GetDirectoryName(target)))
            problems.Add($"{options.Out}:--out: lies in a folder that is not there, allowed is one in a folder that is");
        // systemd splits at blanks and expands % and $; a folder's name needs none of them.
        if (!options.Prefix.StartsWith('/') || options.Prefix.EndsWith('/') || options.Prefix.Any(c => !char.IsAsciiLetterOrDigit(c) && "/._-".IndexOf(c) < 0))
            problems.Add($"pack:--prefix: is '{options.Prefix}', allowed is an absolute path of letters, digits, '.', '_' and '-', such as /opt/rloffload");
        if (!Uri.TryCreate(options.Server, UriKind.Absolute, out var server) || (server.Scheme != Uri.UriSchemeHttp && server.Scheme != Uri.UriSchemeHttps) || options.Server.Any(char.IsWhiteSpace))
            problems.Add($"pack:--server: is '{options.Server}', allowed is an address such as http://10.0.0.2:8500");
        if (options.Rid == PackOptions.Arm64 && options.Form is { } form && form != PackForm.Portable)
            problems.Add($"pack:--form: is {form.ToString().ToLowerInvariant()}, allowed for {options.Rid} is portable");
        if (problems.Count > 0)
            throw new InputException(problems);
    }

    private static string Named(PackOptions options, string path, string key) => FrozenPolicyFile.Find(options.Policy, path)
        ?? throw new InputException(Path.Combine(options.Policy, FrozenPolicyFile.Description), $"{key}.path", $"is {path}, which is not there; allowed is a file beside the policy or at that path");

    private static async Task<PackForm> Program(PackOptions options, string made, string build, List<string> notes, Action<string>? stage, CancellationToken cancel)
    {
        var bin = Path.Combine(made, "bin");
        Directory.CreateDirectory(made);
        PackForm[] forms = options.Form is { } wanted ? [wanted] : options.Rid == PackOptions.X64 && options.Project is not null ? [PackForm.Native, PackForm.Trimmed, PackForm.Portable] : [PackForm.Portable];
        foreach (var form in forms.Where(f => f != PackForm.Portable))
        {
            stage?.Invoke($"publishing the program ({form.ToString().ToLowerInvariant()}), which takes minutes");
            if (await Published(options, form, build, bin, notes, cancel).ConfigureAwait(false) is { } framework)
            {
                Tidy(options, bin);
                if (form == PackForm.Native)
                {
                    notes.Add($"the program was compiled ahead of time for {framework}; it runs, verifies and explains policies and reads logs, and has no other verbs");
                    var wide = WideProgram.Levels.Select(l => WideProgram.Beside(Path.Combine(bin, PublishedProgram.Name), l)).Where(File.Exists).Select(Path.GetFileName).ToList();
                    notes.Add(wide.Count > 0 ? $"it starts {string.Join(" or ", wide)} in its place where the processor has those vectors" : "it has vectors of 128 bits, whatever the processor has");
                }
                return form;
            }
            if (options.Form is not null)
                throw new InputException("pack", "--form", $"is {form.ToString().ToLowerInvariant()}, but {string.Join("; ", notes)}; allowed is {(form == PackForm.Native ? "trimmed or " : "")}portable");
        }
        stage?.Invoke("copying the program");
        PortableProgram.Copy(options, bin);
        notes.Add("the program is portable: the device needs the ASP.NET Core 10 runtime");
        return PackForm.Portable;
    }

    /// <summary>Where the form was not asked for, one that does not build is no reason to give up: a linker may lack what it links with.</summary>
    private static async Task<string?> Published(PackOptions options, PackForm form, string build, string bin, List<string> notes, CancellationToken cancel)
    {
        try
        {
            return await PublishedProgram.Publish(options, form, build, bin, notes, cancel).ConfigureAwait(false);
        }
        catch (InputException e) when (options.Form is null && form == PackForm.Native)
        {
            notes.Add($"not compiled ahead of time: {e.Message}");
            Remove(bin);
            return null;
        }
    }

    /// <summary>In one file the program has no folder of assemblies, beside which the library would be looked for: it has to lie where the program lies.</summary>
    private static void Tidy(PackOptions options, string bin)
    {
        var native = Path.Combine(bin, "runtimes", options.Rid, "native");
        if (Directory.Exists(native))
            foreach (var library in Directory.GetFiles(native))
                File.Move(library, Path.Combine(bin, Path.GetFileName(library)), overwrite: true);
        Remove(Path.Combine(bin, "runtimes"));
    }

    private static long CopyPolicy(string from, FrozenPolicy policy, IReadOnlyList<string> models, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var name in (string[])[FrozenPolicyFile.Description, FrozenPolicyFile.NameOf(policy.Form)])
            File.Copy(Path.Combine(from, name), Path.Combine(to, name));
        foreach (var path in models)
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
        // Where a network is too large for one file, exporters put its weights into NAME.onnx.data.
        if (File.Exists(models[0] + ".data"))
            File.Copy(models[0] + ".data", Path.Combine(to, Path.GetFileName(models[0]) + ".data"));
        return Directory.GetFiles(to, Path.GetFileName(models[0]) + "*").Sum(f => new FileInfo(f).Length);
    }

    private static long Bytes(string folder) => Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
