using RlOffload.Environment.Profiles;
using RlOffload.Inference.Images;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Profiling;
using RlOffload.Onnx;

namespace RlOffload.Tests.Inference.Profiling;

public class AccuracyMeterTests
{
    private const string Images = "images/cifar10_test_2000.bin";
    private static readonly PixelScale Resnet = new(1.0 / 255, [0.4914, 0.4822, 0.4465], [0.2471, 0.2435, 0.2616]);
    private static readonly PixelScale Others = new(1.0 / 255, [0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.2010]);

    /// <summary>The published figures on these 2,000 images, stated by the data's notes.</summary>
    [DataFact(Images)]
    public void APublishedNetworkHasItsPublishedAccuracy()
    {
        var (meter, _) = Open("cifar10_resnet_2b", Resnet, 2000);

        Assert.Equal(0.6910, Share(meter.Outcomes(_ => { }, default).Correct[0]), 4);
    }

    [DataFact(Images)]
    public void ABatchOfSixteenIsCountedImageByImage()
    {
        // 100 images are six batches and a quarter; the whole and the cut at 32 bits must agree on every one.
        var (meter, cuts) = Open("ic_raw", Others, 100);
        var whole = Share(meter.Outcomes(_ => { }, default).Correct[0]);

        Assert.InRange(whole, 0.70, 0.88);
        Assert.Equal(whole, meter.Measure(cuts[5], _ => { }, default)[0][^1], 5);
    }

    [DataFact(Images)]
    public void FewerBitsCostAccuracyAndManyCostNone()
    {
        var (meter, cuts) = Open("cifar10_resnet_2b", Resnet, 500);
        var whole = Share(meter.Outcomes(_ => { }, default).Correct[0]);

        var byBits = meter.Measure(cuts.Single(c => c.After == "Conv_0"), _ => { }, default)[0];

        Assert.Equal(ProfileOptions.Bits.Count, byBits.Length);
        Assert.True(byBits[0] < whole - 0.1, $"2 bits after the first convolution: {byBits[0]} of {whole}");
        Assert.Equal(whole, byBits[^2], 2);
        Assert.Equal(whole, byBits[^1], 5);
    }

    [DataFact(Images)]
    public void AnEightBitNetworkLosesNothingAtEightBits()
    {
        var (meter, cuts) = Open("ic_quantized_int8", Others, 64);
        var cut = cuts.First(c => c.Tensors.Count == 1 && c.After.Contains("quant", StringComparison.OrdinalIgnoreCase) && c.Exits.Count > 0 && c.Depth > 2);

        var byBits = meter.Measure(cut, _ => { }, default)[0];

        Assert.Equal(byBits[^1], byBits[4]);
    }

    private static double Share(string correct) => (double)correct.Count(c => c == '1') / correct.Length;

    private static (AccuracyMeter Meter, IReadOnlyList<Cut> Cuts) Open(string name, PixelScale scale, int count)
    {
        var path = SharedData.At($"models/cifar10/{name}.onnx");
        var graph = new GraphView(OnnxModel.Load(path));
        var exits = ExitList.Of(graph, null);
        var network = new SplitNetwork(graph, TensorProbe.Find(graph, null));
        var images = LabelledImages.Read(SharedData.At(Images), null, [3, 32, 32], 0, count, 1);
        return (new AccuracyMeter(network, [exits[0][0]], images, scale), CutFinder.Find(graph, exits));
    }
}
