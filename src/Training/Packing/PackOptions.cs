namespace RlOffload.Training.Packing;

/// <summary>How the program comes along.</summary>
public enum PackForm
{
    /// <summary>Machine code with what of .NET it uses: what a device needs of the command, compiled ahead of time.</summary>
    Native,

    /// <summary>One file with the .NET runtime, without the parts of the framework that nothing uses.</summary>
    Trimmed,

    /// <summary>One file with the whole .NET runtime.</summary>
    SelfContained,

    /// <summary>The built program as it is; the device needs the ASP.NET Core runtime.</summary>
    Portable,
}

/// <param name="Policy">Folder of a frozen policy.</param>
/// <param name="Out">The folder to make; absent or empty.</param>
/// <param name="Rid">linux-x64 or linux-arm64.</param>
/// <param name="Form">Null: native where its runtime restores and there is a linker, else trimmed where that restores, else portable.</param>
/// <param name="Prefix">Where the folder will lie on the device.</param>
/// <param name="Server">What the device asks, for device.env.</param>
/// <param name="OnnxRuntime">ONNX Runtime's library for the device; null: the one beside the program.</param>
/// <param name="Program">Folder of the built program.</param>
/// <param name="Project">The program's project file; null where there are no sources.</param>
/// <param name="Device">That of the device's part of it, which is compiled ahead of time; null where there are no sources.</param>
/// <param name="Dotnet">How the SDK is started.</param>
/// <param name="Baseline">Natively, only the program that runs on every processor, without those for wider vectors.</param>
public sealed record PackOptions(
    string Policy, string Out, string Rid, PackForm? Form, string Prefix, string Server, string? OnnxRuntime, string Program, string? Project, string? Device = null, string Dotnet = "dotnet", bool Baseline = false)
{
    public const string X64 = "linux-x64";
    public const string Arm64 = "linux-arm64";
}

/// <param name="HelpSeconds">From the start of the program to the end of --help.</param>
/// <param name="AnswerSeconds">From the start of the program to its first answer by itself, while no server is there; null where it gave none.</param>
/// <param name="ResidentBytes">Of the process after that answer.</param>
/// <param name="ReadyBytes">The same once the parts of all plans are open and more was answered; of that <paramref name="OwnBytes"/> are its own and the others pages of files, which the system can take back.</param>
/// <param name="PartBytes">Of its own memory, at least what the parts of the network hold: weights as sessions lay them out, and what they compute with.</param>
/// <param name="PeakBytes">The most it ever held.</param>
public sealed record PackStart(double HelpSeconds, double? AnswerSeconds, long ResidentBytes, long ReadyBytes, long OwnBytes, long PartBytes, long PeakBytes);

/// <param name="Start">Null where this machine cannot run it.</param>
/// <param name="Notes">What the user should know of it.</param>
public sealed record PackReport(
    string Folder, string Rid, PackForm Form, long Bytes, long ProgramBytes, long ModelBytes, double BuildSeconds, PackStart? Start, IReadOnlyList<string> Notes);
