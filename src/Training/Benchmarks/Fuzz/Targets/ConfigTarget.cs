using System.Text;
using RlOffload.Environment;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Configs (YAML): read and checked; where one is accepted it is written resolved, and the small world that it names is opened.</summary>
internal sealed class ConfigTarget : IFuzzTarget
{
    private readonly string _config;
    private readonly Mutator _mutator;

    public ConfigTarget(string folder, string? repository)
    {
        SmallWorld.WriteFiles(folder);
        _config = Path.Combine(folder, "config.yaml");
        var small = Encoding.UTF8.GetBytes(SmallWorld.Config);
        // Those of the repository name files that are not here: they are refused in the end, but read all the same.
        var others = RepositoryFiles.Of(repository, "configs", "*.yaml").Select(File.ReadAllBytes).ToList();
        _mutator = new Mutator(InputShape.Text, [.. Enumerable.Repeat(small, Math.Max(1, others.Count)), .. others]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        InputFile.Write(_config, input);
        var experiment = Experiment.Load(_config, []);
        experiment.ResolvedYaml(Path.GetDirectoryName(_config)!);
        experiment.Build();
        return true;
    }

    public void Dispose() => File.Delete(_config);
}
