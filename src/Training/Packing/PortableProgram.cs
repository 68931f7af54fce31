using System.Text.Json;
using RlOffload.Environment;

namespace RlOffload.Training.Packing;

/// <summary>The program as it was built: the files that its .deps.json names, and ONNX Runtime's library for one kind of machine.</summary>
internal static class PortableProgram
{
    public const string Assembly = "rloffload.dll";
    private const string Library = "libonnxruntime.so";

    /// <summary>e_machine of an ELF file, at byte 18 (Tool Interface Standard, Executable and Linking Format 1.2, and its supplements).</summary>
    private static readonly Dictionary<string, int> Machines = new() { [PackOptions.X64] = 62, [PackOptions.Arm64] = 183 };

    /// <exception cref="InputException">A file of the program is missing, or there is no library for <see cref="PackOptions.Rid"/>.</exception>
    public static void Copy(PackOptions options, string to)
    {
        var library = LibraryOf(options);
        var dependencies = Path.Combine(options.Program, "rloffload.deps.json");
        if (!File.Exists(dependencies))
            throw new InputException(dependencies, "file", "is not there, allowed is a program that was built with 'dotnet build'");
        Directory.CreateDirectory(to);
        foreach (var name in (IEnumerable<string>)["rloffload.deps.json", "rloffload.runtimeconfig.json", .. Assemblies(dependencies)])
            File.Copy(Path.Combine(options.Program, name), Path.Combine(to, name));
        var native = Path.Combine(to, "runtimes", options.Rid, "native");
        Directory.CreateDirectory(native);
        File.Copy(library, Path.Combine(native, Library));
    }

    private static List<string> Assemblies(string dependencies)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(dependencies));
        return [.. json.RootElement.GetProperty("targets").EnumerateObject().SelectMany(target => target.Value.EnumerateObject())
            .Where(library => library.Value.TryGetProperty("runtime", out _))
            .SelectMany(library => library.Value.GetProperty("runtime").EnumerateObject()).Select(file => Path.GetFileName(file.Name)).Distinct()];
    }

    /// <summary>Checked before anything is built: a library of another machine would be found out on the device.</summary>
    public static string LibraryOf(PackOptions options)
    {
        var path = options.OnnxRuntime ?? Path.Combine(options.Program, "runtimes", options.Rid, "native", Library);
        if (!File.Exists(path))
            throw new InputException("pack", "--onnxruntime", $"is needed because {path} is not there; allowed is {Library} for {options.Rid}, such as from the NuGet package Microsoft.ML.OnnxRuntime or the npm package onnxruntime-node");
        Span<byte> head = stackalloc byte[20];
        using (var file = File.OpenRead(path))
            if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.StartsWith("\u007fELF"u8) || BitConverter.ToUInt16(head[18..]) != Machines[options.Rid])
                throw new InputException("pack", "--onnxruntime", $"is {path}, which is no library for {options.Rid}; allowed is {Library} built for it");
        return path;
    }
}
