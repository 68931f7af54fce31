using System.Security.Cryptography;
using RlOffload.Environment;
using RlOffload.Training.Benchmarks.Fuzz.Mutations;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

/// <summary>Checkpoints of a training: found whole by their checksum, then loaded as 'train --resume' and 'evaluate' do.</summary>
internal sealed class CheckpointTarget : IFuzzTarget
{
    /// <summary>Magic and SHA-256.</summary>
    private const int HeadBytes = 8 + 32;

    private readonly CheckpointFile _file;
    private readonly World _world;
    private readonly TrainingLoop _loop;
    private readonly byte[] _magic;
    private readonly Mutator _mutator;

    public CheckpointTarget(string folder)
    {
        SmallWorld.WriteFiles(folder);
        var config = Path.Combine(folder, "config.yaml");
        File.WriteAllText(config, SmallWorld.Config);
        _world = Experiment.Load(config, ["train.replay_capacity=256"]).Build();
        _loop = TrainingLoop.Of(_world);
        _file = new CheckpointFile(Path.Combine(folder, "checkpoint.bin"));
        _file.Write(_loop.Save);
        var whole = File.ReadAllBytes(_file.Newest);
        _magic = whole[..8];
        _mutator = new Mutator(InputShape.Binary, [whole[HeadBytes..]]);
    }

    /// <summary>Most get the checksum that belongs to them.</summary>
    public byte[] Make(ref Rng rng)
    {
        var content = _mutator.Make(ref rng);
        return [.. _magic, .. rng.NextInt(8) == 0 ? new byte[32] : SHA256.HashData(content), .. content];
    }

    public bool Read(byte[] input)
    {
        InputFile.Write(_file.Newest, input);
        _file.Read((reader, name) => TrainingLoop.ReadBest(reader, name, _world, _world.Experiment.Train));
        return _file.Read((reader, name) =>
        {
            _loop.Load(reader, name);
            return true;
        });
    }

    public void Dispose() => _file.Delete();
}
