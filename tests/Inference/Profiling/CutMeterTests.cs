using RlOffload.Inference.Partitions;
using RlOffload.Inference.Profiling;
using RlOffload.Onnx;

namespace RlOffload.Tests.Inference.Profiling;

/// <summary>Networks that nobody here made, cut at every place or, where that would take long, at some.</summary>
public class CutMeterTests
{
    [DataFact("models/cifar10/cifar10_resnet_2b.onnx")]
    public void ResnetWithBatchOne() => AllIdentical("cifar10/cifar10_resnet_2b", 18, 100);

    [DataFact("models/cifar10/ic_quantized_int8.onnx")]
    public void EightBitOperatorsWithABatchOfSixteen() => AllIdentical("cifar10/ic_quantized_int8", 21, 100);

    [DataFact("models/cifar10/mbv2_cifar10_int8.onnx")]
    public void AnEightBitMobileNetWithAnOutputOfRankOne() => AllIdentical("cifar10/mbv2_cifar10_int8", 69, 6);

    [DataFact("models/imagenet/mobilenetv2-12-int8.onnx")]
    public void AnEightBitNetworkWithADynamicBatch() => AllIdentical("imagenet/mobilenetv2-12-int8", 74, 4);

    [DataFact("models/light/light_squeezenet.onnx")]
    public void WeightsMadeByConstantOfShape() => AllIdentical("light/light_squeezenet", 67, 4);

    [DataFact("models/light/light_shufflenet.onnx")]
    public void ManyBranches() => AllIdentical("light/light_shufflenet", 204, 3);

    [DataFact("models/other/mnist.onnx")]
    public void WeightsListedAsInputs() => AllIdentical("other/mnist", 12, 100);

    [DataFact("models/other/ultraface_version-RFB-320.onnx")]
    public void ADetectorThatAnswersWithTwoTensors() => AllIdentical("other/ultraface_version-RFB-320", 85, 4);

    [DataFact("models/other/ch_PP-OCRv4_det_infer.onnx")]
    public void OpenHeightAndWidth() => AllIdentical("other/ch_PP-OCRv4_det_infer", 256, 3);

    [DataFact("models/other/ch_ppocr_mobile_v2.0_cls_infer.onnx")]
    public void OpenSizesAndShapeArithmetic() => AllIdentical("other/ch_ppocr_mobile_v2.0_cls_infer", 221, 3);

    /// <param name="count">Cuts that the network has.</param>
    /// <param name="most">Of which so many are tried, spread over the depth.</param>
    private static void AllIdentical(string model, int count, int most)
    {
        var graph = new GraphView(OnnxModel.Load(SharedData.At($"models/{model}.onnx")));
        var exits = ExitList.Of(graph, null);
        var network = new SplitNetwork(graph, TensorProbe.Find(graph, null));
        var cuts = CutFinder.Find(graph, exits);
        using var meter = new CutMeter(network, exits, new PartitionTimer(TimeProvider.System, 1));

        Assert.Equal(count, cuts.Count);
        foreach (var cut in CutSelection.Choose(cuts, c => network.BytesOf(c.Tensors), most))
            Assert.True(meter.IsIdentical(cut), $"{model} differs when cut after {cut.After}");
    }
}
