using RlOffload.Environment;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Images;
using RlOffload.Inference.Profiling;

namespace RlOffload.Tests.Inference.Profiling;

public sealed class ProfilerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ProfileOptions _options;

    public ProfilerTests()
    {
        var network = new TestNetwork(_folder);
        using (var images = new IdxWriter(_folder.At("frames.idx"), [40, 3, 16, 16]))
        using (var labels = new IdxWriter(_folder.At("frames-labels.idx"), [40]))
        {
            for (var i = 0; i < 40; i++)
            {
                images.Write(TestNetwork.Frame(i));
                labels.Write([(byte)(i % TestNetwork.Classes)]);
            }
            images.Commit();
            labels.Commit();
        }
        _options = new ProfileOptions(network.ModelPath, _folder.At("out.json")) { Repeats = 2, Images = _folder.At("frames.idx") };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AProfileListsEveryPartitionWithItsAccuracy()
    {
        var profile = Run(_options);

        Assert.Equal(["exit1", "exit2"], profile.Exits.Select(e => e.Output));
        Assert.Equal("frame", profile.Cuts[0].Tensors.Single().Name);
        Assert.All(profile.Cuts, c => Assert.True(c.Identical));
        Assert.All(profile.Partitions, p => Assert.Equal(p.Cut > 0, p.HeadMs.Median > 0));
        Assert.All(profile.Partitions, p => Assert.Equal(p.Local, p.TailMs.Median == 0));
        // The trunk's cuts lead to both exits, a branch's own only to its own.
        var trunk = profile.Cuts.Single(c => c.Tensors[0].Name == "a").Id;
        Assert.Equal([0, 1], profile.Partitions.Where(p => p.Cut == trunk).Select(p => p.Exit));
        Assert.Equal([0], profile.Partitions.Where(p => p.Cut == profile.Cuts.Single(c => c.Tensors[0].Name == "exit1.pool").Id).Select(p => p.Exit));
        foreach (var p in profile.Partitions)
            Assert.Equal(p.Local ? [32] : ProfileOptions.Bits, profile.Accuracy.Where(a => (a.Exit, a.Cut) == (p.Exit, p.Cut)).Select(a => a.Bits));
        // 32 bits change nothing, so every cut then has its exit's accuracy.
        Assert.All(profile.Accuracy.Where(a => a.Bits == 32), a => Assert.Equal(profile.Exits[a.Exit].Accuracy!.Value, a.Value, 5));
        Assert.Equal(40, profile.Outcomes!.Images);
        Assert.Equal(["raw", "deflate", "float32"], profile.InputEncodings.Select(e => e.Name));
        Assert.Equal(768, profile.InputEncodings[0].Bytes);
    }

    [Fact]
    public void TheFileHoldsWhatWasMeasuredAndNothingElseIsLeft()
    {
        var before = Directory.GetFiles(_folder.Root).Length;

        var profile = Run(_options);

        Assert.Equal(before + 1, Directory.GetFiles(_folder.Root).Length);
        Assert.Equivalent(profile, ProfileFile.Read(_options.Out), strict: true);
    }

    [Fact]
    public void TheGraphOfNodesReachesEveryExit()
    {
        var nodes = Run(_options with { Images = null }).Nodes;

        var made = nodes.SelectMany(n => n.Outputs).Select(t => t.Name).Append("frame").ToHashSet();
        Assert.All(nodes, n => Assert.All(n.Inputs, t => Assert.Contains(t, made)));
        Assert.All(nodes, n => Assert.True(n.Ms > 0));
        Assert.Contains("exit2", made);
        Assert.Equal(8 * 8 * 8 * 4, nodes.Single(n => n.Outputs[0].Name == "a").OutputBytes);
    }

    [Fact]
    public void AnInterruptedProfileGoesOnWhereItStopped()
    {
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Assert.Throws<OperationCanceledException>(() => new Profiler(_options, TimeProvider.System, new Counter(_ =>
        {
            if (++steps == 6)
                stop.Cancel();
        })).Run(stop.Token));
        Assert.False(File.Exists(_options.Out));
        var journal = File.ReadAllLines(_options.Out + ".journal");

        var profile = Run(_options);

        Assert.Contains(journal, line => line.Contains("whole/1", StringComparison.Ordinal));
        using var first = System.Text.Json.JsonDocument.Parse(journal.First(l => l.Contains("whole/0", StringComparison.Ordinal)));
        Assert.Equal(first.RootElement.GetProperty("value").GetProperty("median").GetDouble(), profile.WholeMs[0].Median);
        Assert.False(File.Exists(_options.Out + ".journal"));
    }

    [Fact]
    public void FewerCutsAreTimedWhereFewerAreAsked()
    {
        var all = Run(_options with { Images = null });

        var few = Run(_options with { Images = null, MaxCuts = 5 });

        Assert.Equal(5, few.Cuts.Count);
        Assert.Equal(all.Cuts.Count - 5, few.Untimed.Count);
    }

    [Fact]
    public void ANetworkTooSlowForItsTimeHasFewerCutsTimed()
    {
        var all = Run(_options with { Images = null });

        var few = new Profiler(_options with { Images = null }, new SlowClock()).Run(CancellationToken.None);

        Assert.InRange(few.Cuts.Count, 3, all.Cuts.Count - 1);
        Assert.Equal(all.Cuts.Count, few.Cuts.Count + few.Untimed.Count);
        Assert.Equal(2, few.Partitions.Count(p => p.Local));
    }

    [Theory]
    [InlineData("--repeats: is 0, allowed is 1 or more")]
    [InlineData("--exits: 'nope' is no output")]
    [InlineData("--shape: is 1,3,8,8, but input 'frame' is [1, 3, 16, 16]")]
    [InlineData("--first-image: is 40, allowed is 0 to 39")]
    [InlineData("has 2 numbers, allowed is 1 or 3")]
    [InlineData("frames-labels.idx:image 3: is of class 3, allowed is 0 to 2")]
    [InlineData("--out: the folder")]
    public void BadInputIsRefusedAndNothingIsWritten(string reason)
    {
        var bad = reason.Split(':')[0] switch
        {
            "--repeats" => _options with { Repeats = 0 },
            "--exits" => _options with { Exits = ["nope"] },
            "--shape" => _options with { Shape = [1, 3, 8, 8] },
            "--first-image" => _options with { FirstImage = 40 },
            "--out" => _options with { Out = _folder.At("absent/out.json") },
            { } text when text.StartsWith("has 2", StringComparison.Ordinal) => _options with { Pixels = new PixelScale(1, [0, 0], [1, 1]) },
            _ => _options with { Model = Narrow() },
        };
        var before = Directory.GetFiles(_folder.Root);

        Assert.Contains(reason, Assert.Throws<InputException>(() => Run(bad)).Message);

        Assert.Equal(before, Directory.GetFiles(_folder.Root));
    }

    /// <summary>The same network answering with a part of its input's channels only: three classes.</summary>
    private string Narrow()
    {
        var model = RlOffload.Onnx.OnnxModel.Load(_options.Model);
        var graph = model.Proto.Graph;
        graph.Output.RemoveAt(1);
        graph.Node.Single(n => n.Output.Contains("exit1")).Output[0] = "unused";
        graph.Node.Add(new RlOffload.Onnx.Proto.NodeProto { OpType = "GlobalAveragePool", Input = { "frame" }, Output = { "means" } });
        graph.Node.Add(new RlOffload.Onnx.Proto.NodeProto { OpType = "Flatten", Input = { "means" }, Output = { "exit1" } });
        graph.Output[0] = RlOffload.Onnx.TensorTypes.Info("exit1", RlOffload.Onnx.Proto.TensorProto.Types.DataType.Float, [1, 3]);
        model.Save(_folder.At("narrow.onnx"));
        return _folder.At("narrow.onnx");
    }

    private static ModelProfile Run(ProfileOptions options) => new Profiler(options, TimeProvider.System).Run(CancellationToken.None);

    /// <summary>A second passes at every look.</summary>
    private sealed class SlowClock : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => ++_seconds;
    }

    private sealed class Counter(Action<ProfileProgress> act) : IProgress<ProfileProgress>
    {
        public void Report(ProfileProgress value) => act(value);
    }
}
