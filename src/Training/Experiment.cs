using RlOffload.Environment;
using RlOffload.Environment.Profiles.Imports;
using RlOffload.Training.Config;

namespace RlOffload.Training;

/// <param name="Name">The machine that the profile's times are scaled to.</param>
/// <param name="TimeFactorSource">Where the machine's speed comes from; null only where the factor is 1.</param>
/// <param name="WholeMs">Known time of the whole network up to its last exit, ms, which makes the factor; null where the factor itself is given.</param>
public sealed record MachineNote(string Name, string? TimeFactorSource, double? WholeMs)
{
    /// <summary>Factor on the profile's times.</summary>
    /// <param name="profiled">Time of the whole network on the machine of the profile.</param>
    internal double Factor(Environment.Profiles.Duration profiled, double told) => WholeMs is { } ms ? ms / profiled.Median : told;
}

/// <summary>A config, read and checked: everything an experiment needs, before any of the files that it names is opened.</summary>
public sealed record Experiment
{
    private readonly ConfigFile _config;

    private Experiment(ConfigFile config) => _config = config;

    /// <summary>The config's path as the user gave it.</summary>
    public string File => _config.FullPath;

    public required string Name { get; init; }

    /// <summary>Of the agent's weights and exploration, and of the windows that it trains on.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Full path of the profile; where it is imported, of the folder with the published measurements.</summary>
    public required string Profile { get; init; }

    /// <summary>Published measurements that the profile is made of; null where it is a file.</summary>
    public required ProfileImport? Import { get; init; }

    /// <summary>Full path of the network; null where none is named.</summary>
    public required string? Model { get; init; }

    public required MachineNote Device { get; init; }
    public required MachineNote Server { get; init; }

    /// <summary>The scenario as far as the config tells it; time factors made of whole_ms, prior rate and round-trip time, and recorded arrivals come with <see cref="World.Scenario"/>.</summary>
    public required Scenario Told { get; init; }

    /// <summary>File of recorded arrival times, s, one a line; null unless arrivals are recorded.</summary>
    public required string? ArrivalRecording { get; init; }

    public required LinkOptions Links { get; init; }
    public required RttOptions Rtt { get; init; }
    public required PlanOptions Plans { get; init; }
    public required TrainOptions Train { get; init; }
    public required EvaluateOptions Evaluate { get; init; }
    public required LmosOptions Lmos { get; init; }

    /// <param name="path">A config in YAML.</param>
    /// <param name="overrides">Each "a.b=value", as --set takes them.</param>
    /// <param name="seed">Instead of the config's seed.</param>
    /// <exception cref="InputException">All problems of the config at once.</exception>
    public static Experiment Load(string path, IReadOnlyList<string> overrides, ulong? seed = null)
    {
        var config = ConfigFile.Read(path, seed is { } s ? [.. overrides, $"seed={s}"] : overrides);
        var root = config.Root;
        var name = root.Text("name", Path.GetFileNameWithoutExtension(path));
        var theSeed = root.Seed("seed", 1);
        var import = root.HasSection("profile") ? ProfileSection.Read(root.Section("profile")) : null;
        var (profile, model) = (import?.Folder ?? root.PathTo("profile"), root.OptionalPath("model"));
        var (device, deviceNote) = ScenarioSections.Device(root.Section("device"));
        var (server, serverNote) = ScenarioSections.Server(root.Section("server"));
        var radio = ScenarioSections.Radio(root.Section("radio"));
        var uplink = ScenarioSections.Uplink(root.Section("uplink"));
        var rtt = RttOptions.Read(root.OptionalSection("rtt"));
        var links = LinkOptions.Read(root.Section("links"));
        var (arrivals, recording) = ScenarioSections.Arrivals(root.Section("arrivals"));
        var told = new Scenario
        {
            Device = device,
            Server = server,
            Radio = radio,
            Uplink = uplink,
            Arrivals = arrivals,
            Deadlines = ScenarioSections.Deadlines(root.Section("deadlines")),
            Reward = ScenarioSections.Reward(root.Section("reward")),
            Budgets = ScenarioSections.Budgets(root.OptionalSection("budgets")),
            Requests = root.Section("window").Int("requests", 2, 100_000, 120),
        };
        var experiment = new Experiment(config)
        {
            Name = name,
            Seed = theSeed,
            Profile = profile,
            Import = import,
            Model = model,
            Device = deviceNote,
            Server = serverNote,
            Told = told,
            ArrivalRecording = recording,
            Links = links,
            Rtt = rtt,
            Plans = PlanOptions.Read(root.Section("plans"), device.Clocks ?? []),
            Train = TrainSection.Read(root.Section("train")),
            Evaluate = EvaluateOptions.Read(root.Section("evaluate")),
            Lmos = LmosOptions.Read(root.Section("lmos")),
        };
        config.Finish();
        return experiment;
    }

    /// <summary>The config with its overrides and defaults; lying in <paramref name="folder"/> it reads back to the same experiment.</summary>
    public string ResolvedYaml(string folder) => _config.ResolvedYaml(folder);

    /// <summary>Opens the profile, the links and the recording.</summary>
    /// <param name="progress">Told after each trace how many of how many are read; null if nobody asks.</param>
    /// <exception cref="InputException">A file contradicts itself, the config or another file.</exception>
    public World Build(Action<int, int>? progress = null) => World.Of(this, progress);
}
