using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;

namespace RlOffload.Tests.Inference.Partitions;

public sealed class SplitNetworkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestNetwork _files;
    private readonly SplitNetwork _network;

    public SplitNetworkTests()
    {
        _files = new TestNetwork(_folder);
        _network = SplitNetwork.Load(_files.ModelPath, _files.Profile);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void HeadThenTailAnswersAsTheWholeDoesForEveryPartition()
    {
        using var frame = OrtValue.CreateTensorValueFromMemory(Numbers(3 * 16 * 16), [1, 3, 16, 16]);
        foreach (var partition in _files.Profile.Partitions.Where(p => !p.Local && p.Cut > 0))
        {
            using var whole = new SubModel(_network.Local(partition.Exit), GraphOptimizationLevel.ORT_DISABLE_ALL);
            using var head = new SubModel(_network.Head(partition.Cut)!, GraphOptimizationLevel.ORT_DISABLE_ALL);
            using var tail = new SubModel(_network.Tail(partition.Exit, partition.Cut), GraphOptimizationLevel.ORT_DISABLE_ALL);
            using var expected = whole.Run([frame]);
            using var sent = head.Run([frame]);

            using var answer = tail.Run([.. sent]);

            Assert.Equal(_files.Profile.Cuts[partition.Cut].Tensors.Select(t => t.Name), tail.Inputs);
            Assert.Equal([_files.Profile.Exits[partition.Exit].Output], tail.Outputs);
            Assert.Equal(expected[0].GetTensorDataAsSpan<float>(), answer[0].GetTensorDataAsSpan<float>());
        }
    }

    [Fact]
    public void TheHeadOfTheInputIsNothingAndItsTailIsTheWhole()
    {
        Assert.Null(_network.Head(0));
        Assert.Equal(_network.Local(1).ToBytes(), _network.Tail(1, 0).ToBytes());
    }

    [Fact]
    public void AProfileWhoseCutsDoNotTellOfAnExitOrAreOfNoTypeIsRefused()
    {
        var exits = _files.Profile with { Exits = [.. _files.Profile.Exits.Select(e => e with { Output = "elsewhere" })] };
        Assert.Contains("has the exit 'elsewhere'", Assert.Throws<InputException>(() => SplitNetwork.Load(_files.ModelPath, exits)).Message);
        var cut = _files.Profile.Cuts[1];
        var typed = _files.Profile with { Cuts = [_files.Profile.Cuts[0], cut with { Tensors = [cut.Tensors[0] with { Type = "nonsense" }] }, .. _files.Profile.Cuts.Skip(2)] };
        Assert.Contains("type is 'nonsense', allowed is an ONNX element type", Assert.Throws<InputException>(() => SplitNetwork.Load(_files.ModelPath, typed)).Message);
    }

    [Fact]
    public void APartitionThatTheProfileLacksIsRefused()
    {
        Assert.Contains("allowed is 0 to 4", Assert.Throws<InputException>(() => _network.Head(9)).Message);
        Assert.Contains("no partition", Assert.Throws<InputException>(() => _network.Tail(0, 2)).Message);
        Assert.Contains("no partition", Assert.Throws<InputException>(() => _network.Tail(1, 4)).Message);
        Assert.Contains("allowed is 0 to 1", Assert.Throws<InputException>(() => _network.Local(2)).Message);
    }

    [Fact]
    public void AnotherModelThanTheProfilesIsRefused()
    {
        var other = _files.Profile with { Model = _files.Profile.Model with { Sha256 = new string('0', 64) } };

        var refusal = Assert.Throws<InputException>(() => SplitNetwork.Load(_files.ModelPath, other));

        Assert.StartsWith($"{_files.ModelPath}:sha256: is ", refusal.Message);
    }

    [Fact]
    public void ACutAtATensorThatTheModelLacksIsRefused()
    {
        List<CutPoint> cuts = [.. _files.Profile.Cuts];
        cuts[1] = cuts[1] with { Tensors = [new CutTensor("nowhere", 1, 4)] };

        var refusal = Assert.Throws<InputException>(() => SplitNetwork.Load(_files.ModelPath, _files.Profile with { Cuts = cuts }));

        Assert.Contains("no tensor 'nowhere'", refusal.Message);
    }

    [Fact]
    public void WhatWasLetGoOfIsReadAgainAndHasToBeTheSameModel()
    {
        var before = _network.Local(1).ToBytes();
        var graph = Weak();
        _network.Forget();
        Assert.False(Collected(graph).IsAlive);
        Assert.Equal(before, _network.Local(1).ToBytes());
        Assert.Equal(before, _network.Local(1).ToBytes());

        File.AppendAllText(_files.ModelPath, "another");
        Assert.Equal(before, _network.Local(1).ToBytes()); // which is still the one that was read
        _network.Forget();
        Assert.StartsWith($"{_files.ModelPath}:", Assert.Throws<InputException>(() => _network.Local(1)).Message);
        File.WriteAllBytes(_files.ModelPath, File.ReadAllBytes(_files.ModelPath)[..100]);
        Assert.StartsWith($"{_files.ModelPath}:file: is not the model any more", Assert.Throws<InputException>(() => _network.Local(1)).Message);
        Assert.NotEmpty(_network.Tensors);
    }

    /// <summary>In a method of its own: nothing here may hold it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference Weak() => new(_network.Graph);

    private static WeakReference Collected(WeakReference what)
    {
        for (var i = 0; i < 10 && what.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return what;
    }

    private static float[] Numbers(int count)
    {
        var rng = new Rng(3);
        return [.. Enumerable.Range(0, count).Select(_ => (float)rng.NextDouble())];
    }
}
