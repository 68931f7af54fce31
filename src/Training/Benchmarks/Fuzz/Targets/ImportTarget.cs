using System.Globalization;
using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Environment.Profiles.Imports;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Published measurements that profiles are made of. The first byte of an input says which of the five files the rest of it is; the others beside it are valid.</summary>
internal sealed class ImportTarget : IFuzzTarget
{
    private const string Network = "mobilenet";

    private readonly string[] _files;
    private readonly byte[][] _valid;
    private readonly ProfileImport[] _imports;
    private readonly string _profile;
    private readonly Mutator _mutator;
    private readonly Scenario _scenario = new() { Uplink = new UplinkSpec(InputEncoding: "raw") };

    public ImportTarget(string folder)
    {
        string portend = Path.Combine(folder, "portend"), scission = Path.Combine(folder, "scission");
        var files = new[] { (portend, "partition_latency.csv", Times()), (portend, "block_inputs.csv", Inputs), (portend, "exits.csv", Exits), (scission, "device-small.csv", Blocks(100)), (scission, "cloud-large.csv", Blocks(4)) };
        _files = [.. files.Select(f => Path.Combine(f.Item1, f.Item2))];
        _valid = [.. files.Select(f => Encoding.UTF8.GetBytes(f.Item3))];
        _imports = [new(ImportSource.Portend, portend, Network, "slow", "quick"), new(ImportSource.Scission, scission, Network, "device-small", "cloud-large")];
        _profile = Path.Combine(folder, "imported.json");
        Directory.CreateDirectory(portend);
        Directory.CreateDirectory(scission);
        for (var i = 0; i < _files.Length; i++)
            File.WriteAllBytes(_files[i], _valid[i]);
        _mutator = new Mutator(InputShape.Text, [.. _valid.Select((bytes, i) => (byte[])[(byte)i, .. bytes])]);
    }

    public byte[] Make(ref Rng rng) => _mutator.Make(ref rng);

    public bool Read(byte[] input)
    {
        var file = input.Length == 0 ? 0 : input[0] % _files.Length;
        InputFile.Write(_files[file], input.AsSpan(Math.Min(1, input.Length)));
        try
        {
            ProfileFile.Write(_imports[file < 3 ? 0 : 1].Read(), _profile);
        }
        finally
        {
            InputFile.Write(_files[file], _valid[file]);
        }
        var profile = ProfileFile.Read(_profile);
        _ = new CostModel(new CostTable(profile, PlanTable.Of(profile, [4, 8], probe: true), _scenario), _scenario).Count;
        return true;
    }

    public void Dispose()
    {
    }

    private const string Inputs = $"""
        model,block,channels,height,width,elements
        {Network},1,3,224,224,150528
        {Network},2,8,50,50,20000
        {Network},3,8,25,25,5000

        """;

    private const string Exits = $"""
        model,image_set,exit_block,uncertainty_threshold,exited,correct_among_exited
        {Network},validation,2,1.0,1000,1
        {Network},test,1,1.0,1000,100
        {Network},test,2,0.5,500,500
        {Network},test,2,1.0,1000,600
        {Network},test,3,1.0,1000,800

        """;

    private static string Times()
    {
        var text = new StringBuilder("model,device,first_block,last_block,latency_ms,repeats\n");
        foreach (var (machine, ms) in new[] { ("slow", 10.0), ("quick", 1.0) })
            for (var first = 1; first <= 3; first++)
                for (var last = first; last <= 3; last++)
                    text.Append(CultureInfo.InvariantCulture, $"{Network},{machine},{first},{last},{ms * (last - first + 1)},2\n");
        return text.ToString();
    }

    private static string Blocks(double ms) => string.Create(CultureInfo.InvariantCulture,
        $"model,block,first_layer,last_layer,time_s,output_bytes\n{Network},0,0,1,{ms / 1000},4128\n{Network},1,2,3,{ms / 500},4128\nother,0,0,1,0.1,4128\n");
}
