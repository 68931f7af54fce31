using System.Globalization;
using RlOffload.Inference.Policies;

namespace RlOffload.Training.Packing;

/// <summary>What makes the packed program a service: a systemd unit (systemd.exec(5), systemd.resource-control(5)), its settings, and how to install it.</summary>
internal static class ServiceFiles
{
    public const string Unit = "rloffload.service";
    public const string Settings = "device.env";
    public const string ReadMe = "README.md";

    /// <summary>.NET's heap, code and ONNX Runtime before any network.</summary>
    private const long ProgramBytes = 256L << 20;

    /// <summary>
    /// Less memory for a process that computes in ONNX Runtime: a young generation of 4 MiB instead of one as large as the processor's cache, no thread for background collections, no profiles
    /// of code; and what opening the parts of the network took goes back to the system (mallopt(3): a fixed threshold keeps large blocks out of the heap, where they would leave holes).
    /// </summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["DOTNET_GCgen0size"] = "0x400000",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
        ["MALLOC_TRIM_THRESHOLD_"] = "131072",
    };

    /// <summary>What starts the program, seen from <paramref name="prefix"/>.</summary>
    public static string[] Command(PackForm form, string prefix) =>
        form == PackForm.Portable ? ["/usr/bin/env", "dotnet", $"{prefix}/bin/{PortableProgram.Assembly}"] : [$"{prefix}/bin/{PublishedProgram.Name}"];

    /// <summary>The most memory the service may take: the program and eight times its models, whose parts ONNX Runtime holds more than once.</summary>
    public static long MemoryBytes(long models) => ProgramBytes + 8 * models;

    public static string UnitText(PackForm form, string prefix, string policy, long models) => $"""
        [Unit]
        Description=RlOffload: answers by the policy '{policy}'
        Wants=network-online.target
        After=network-online.target
        StartLimitIntervalSec=0

        [Service]
        EnvironmentFile={prefix}/{Settings}
        Environment={string.Join(' ', Variables.Select(v => $"{v.Key}={v.Value}"))}
        ExecStart={string.Join(' ', Command(form, prefix))} run {prefix}/policy --server $SERVER --listen $LISTEN $OPTIONS
        ExecReload=/bin/kill -HUP $MAINPID
        WorkingDirectory={prefix}
        Restart=on-failure
        RestartSec=1
        TimeoutStopSec=10
        KillSignal=SIGINT
        SuccessExitStatus=130

        DynamicUser=yes
        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectKernelTunables=yes
        ProtectKernelModules=yes
        ProtectControlGroups=yes
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
        LockPersonality=yes
        CapabilityBoundingSet=

        MemoryMax={(MemoryBytes(models) >> 20).ToString(CultureInfo.InvariantCulture)}M
        TasksMax=256
        LimitNOFILE=4096

        [Install]
        WantedBy=multi-user.target

        """;

    public static string SettingsText(string server) => $"""
        # Where 'rloffload serve' listens.
        SERVER={server}
        # Where images come in: POST /infer.
        LISTEN=127.0.0.1:8600
        # More of 'rloffload run --help', such as --in-flight 4 --memory-mb 64.
        OPTIONS=

        """;

    public static string ReadMeText(PackForm form, string prefix, FrozenPolicy policy, string rid) => $"""
        RlOffload for {rid}: policy '{policy.Name}' for {Path.GetFileName(policy.Model.Path)}. {(form == PackForm.Portable ? "Needs the ASP.NET Core 10 runtime (`dotnet`) on the device." : "Needs nothing but glibc, libstdc++ and systemd.")}
        1. Copy this folder to `{prefix}` and name the server in `{prefix}/{Settings}`.
        2. Try it: `{string.Join(' ', Command(form, prefix))} verify {prefix}/policy`
        3. Install it: `systemctl enable --now {prefix}/{Unit}`, then `journalctl -u rloffload`.
        4. Ask it: `curl --data-binary @image.raw -H 'Deadline-Ms: 200' http://127.0.0.1:8600/infer`

        """;
}
