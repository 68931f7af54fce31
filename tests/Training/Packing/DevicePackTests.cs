using RlOffload.Environment;
using RlOffload.Training.Packing;

namespace RlOffload.Tests.Training.Packing;

public sealed class DevicePackTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PackOptions _options;

    public DevicePackTests() => _options = new(Repository.At("checkpoints/quickstart"), _folder.At("out"), "linux-x64", PackForm.Portable, "/opt/rloffload",
        "http://127.0.0.1:8500", null, AppContext.BaseDirectory, Repository.At("src/Cli/RlOffload.Cli.csproj"), Repository.At("src/Device/RlOffload.Device.csproj"));

    public void Dispose() => _folder.Dispose();

    private async Task Refused(PackOptions options, params string[] said)
    {
        var before = Directory.GetFileSystemEntries(_folder.Root, "*", SearchOption.AllDirectories);
        var refusal = await Assert.ThrowsAsync<InputException>(() => DevicePack.Make(options, TimeProvider.System, null, CancellationToken.None));
        foreach (var part in said)
            Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public Task APolicyThatIsNotThereIsRefused() => Refused(_options with { Policy = _folder.At("none") }, "policy.json", "rloffload export");

    [Fact]
    public Task AFolderWithSomethingInItIsRefused()
    {
        _folder.Write("out/mine.txt", "precious");
        return Refused(_options, "--out", "empty");
    }

    [Fact]
    public Task AllWrongOptionsAreNamedAtOnce() =>
        Refused(_options with { Rid = "win-x64", Prefix = "/opt/my pack", Server = "edge" }, "pack:--rid: is 'win-x64'", "pack:--prefix: is '/opt/my pack'", "pack:--server: is 'edge'");

    [Fact]
    public Task AMissingSdkIsRefused() => Refused(_options with { Form = PackForm.Trimmed, Dotnet = _folder.At("no-dotnet") }, "--form", ".NET SDK", "portable");

    [Theory, InlineData(PackForm.Native), InlineData(PackForm.SelfContained)]
    public Task MissingSourcesAreRefused(PackForm form) => Refused(_options with { Form = form, Project = null, Device = null }, "--form", "sources", "portable");

    [Fact]
    public Task ABuildThatFailsIsRefusedWithItsReason() => Refused(_options with { Form = PackForm.SelfContained, Project = _folder.Write("broken.csproj", "<Project>") }, "dotnet publish", "broken.csproj", "portable");

    [Fact]
    public Task ALibraryForAnotherMachineIsRefused() =>
        Refused(_options with { Rid = "linux-arm64", OnnxRuntime = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/libonnxruntime.so") }, "--onnxruntime", "linux-arm64");

    [Fact]
    public Task OneFileForAnotherMachineIsRefused() => Refused(_options with { Rid = "linux-arm64", Form = PackForm.Trimmed }, "pack:--form: is trimmed", "portable");

    [Fact]
    public Task AProgramThatDoesNotRunIsNotLeftBehind()
    {
        var program = _folder.Write("program/rloffload.deps.json", """{"targets":{"any":{"rloffload/1":{"runtime":{"rloffload.dll":{}}}}}}""");
        _folder.Write("program/rloffload.runtimeconfig.json", "{}");
        _folder.Write("program/rloffload.dll", "no program");
        return Refused(_options with { Program = Path.GetDirectoryName(program)!, OnnxRuntime = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/libonnxruntime.so") }, "does not run");
    }

    [Fact]
    public async Task APackForAnotherMachineSaysThatItWasNotRun()
    {
        var library = _folder.At("library.so");
        byte[] head = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 183, 0];
        File.WriteAllBytes(library, head);
        var report = await DevicePack.Make(_options with { Rid = "linux-arm64", OnnxRuntime = library }, TimeProvider.System, null, CancellationToken.None);
        Assert.Null(report.Start);
        Assert.Contains(report.Notes, note => note.Contains("not run", StringComparison.Ordinal));
        Assert.Equal(head, File.ReadAllBytes(_folder.At("out/bin/runtimes/linux-arm64/native/libonnxruntime.so")));
        Assert.False(Directory.Exists(_folder.At("out/bin/runtimes/linux-x64")));
    }
}
