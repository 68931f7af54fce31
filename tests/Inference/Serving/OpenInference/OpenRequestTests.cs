using System.Text;
using System.Text.Json;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Serving.OpenInference;

namespace RlOffload.Tests.Inference.Serving.OpenInference;

/// <summary>The whole network and tail 1 of <see cref="TestNetwork"/>: split 2 sends b, FP32 [1, 16, 4, 4].</summary>
public sealed class OpenRequestTests : IDisposable
{
    private const string B = """{"name": "b", "datatype": "FP32", "shape": [1, 16, 4, 4], "parameters": {"binary_data_size": 1024}}""";
    private const string Split2 = """ "parameters": {"exit": 1, "split": 2}""";

    private readonly TemporaryFolder _folder = new();
    private readonly PartitionSet _partitions;
    private readonly LayoutCache _layouts;

    public OpenRequestTests()
    {
        var network = new TestNetwork(_folder);
        _partitions = new PartitionSet(network.ModelPath, network.Profile);
        _layouts = new LayoutCache(_partitions);
    }

    public void Dispose()
    {
        _partitions.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void TensorsBehindTheJsonAreCountedAndPlaced()
    {
        var read = Parse($$$"""{"id": "seven", {{{Split2}}}, "inputs": [{{{B}}}], "outputs": [{"name": "exit2", "parameters": {"binary_data": true}}]}""", out _)!;
        Assert.Equal(("seven", 1, 2, 32, 1024L), (read.Id, read.Exit, read.Cut, read.Bits, read.BinaryBytes));
        Assert.True(Assert.Single(read.Inputs).IsBinary);
        Assert.Equal(new OpenOutput(0, Binary: true), Assert.Single(read.Outputs));
        Assert.True(read.MessageBytes > 1024);
    }

    [Fact]
    public void AQuantisedTensorSaysItsGridAndFewerBytes()
    {
        var read = Parse("""
            {"parameters": {"exit": 1, "split": 2, "bits": 4},
             "inputs": [{"name": "b", "datatype": "FP32", "shape": [1, 16, 4, 4], "parameters": {"binary_data_size": 128, "low": -1.5, "scale": 0.25}}]}
            """, out _)!;
        var input = Assert.Single(read.Inputs);
        Assert.Equal((4, 128L, -1.5f, 0.25f), (read.Bits, read.BinaryBytes, input.Low, input.Scale));
    }

    [Fact]
    public void WhatIsNotSaidIsTheLastExitAllOutputsAndJson()
    {
        var read = Parse($$"""{"inputs": [{{B.Replace("\"parameters\": {\"binary_data_size\": 1024}", "\"data\": [0]", StringComparison.Ordinal)}}]}""", out _, new OpenModel("tail", 1, 2))!;
        Assert.Null(read.Id);
        Assert.Equal((1, 2, 0L), (read.Exit, read.Cut, read.BinaryBytes));
        Assert.Equal([new OpenOutput(0, Binary: false)], read.Outputs);
    }

    [Theory]
    [InlineData("[]", "body: is JSON Array, allowed is an object")]
    [InlineData("{}", "inputs: are missing")]
    [InlineData("""{"id": 7}""", "id: allowed is a string of up to 256 characters")]
    [InlineData("""{"parameters": []}""", "parameters: is JSON Array, allowed is an object")]
    [InlineData("""{"parameters": {"exit": -1}}""", "parameters.exit: is -1, allowed is a whole number of 0 or more")]
    [InlineData("""{"parameters": {"split": "two"}}""", "parameters.split: is \"two\"")]
    [InlineData("""{"parameters": {"bits": 9}}""", "parameters.bits: is 9, allowed is 1 to 8, 16 or 32")]
    [InlineData("""{"parameters": {"exit": 0, "split": 2}}""", "parameters: exit 0, split 2 is no partition that has a tail")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2, "binary_data_output": 1}}""", "parameters.binary_data_output: is 1, allowed is true or false")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": []}""", "inputs: are 0, split 2 takes 1: b")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": [{}]}""", "inputs: an input has no name")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": [{"name": "c"}]}""", "inputs: '\"c\"' is not needed or comes twice, split 2 takes b")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": [{"name": "b", "datatype": "INT8"}]}""", "inputs.b.datatype: is \"INT8\", allowed is FP32")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": [{"name": "b", "datatype": "FP32", "shape": [16, 4, 4]}]}""", "inputs.b.shape: is [16, 4, 4], allowed is [1,16,4,4]")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": [{"name": "b", "datatype": "FP32", "shape": [1, 16, 4, 4]}]}""", "inputs.b.data: allowed is either data or parameters.binary_data_size")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": [{"name": "b", "datatype": "FP32", "shape": [1, 16, 4, 4], "parameters": {"binary_data_size": 1e9}}]}""", "inputs.b.parameters.binary_data_size: is")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2, "bits": 4}, "inputs": [{"name": "b", "datatype": "FP32", "shape": [1, 16, 4, 4], "parameters": {"low": 0, "scale": 1e99}}]}""", "inputs.b.parameters: hold no finite numbers low and scale")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2, "bits": 4}, "inputs": [{"name": "b", "datatype": "FP32", "shape": [1, 16, 4, 4], "parameters": {"low": 0, "scale": 1}, "data": [0]}]}""", "inputs.b.data: is JSON, allowed for a quantised tensor are bytes behind the JSON")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": [B], "outputs": [{"name": "exit1"}]}""", "outputs: '\"exit1\"' is none or comes twice, allowed is exit2")]
    [InlineData("""{"parameters": {"exit": 1, "split": 2}, "inputs": [B], "outputs": [{"name": "exit2", "parameters": {"classification": 3}}]}""", "outputs.exit2.parameters.classification: is not offered")]
    public void WhatIsWrongIsNamedWithWhatIsAllowed(string json, string says)
    {
        Assert.Null(Parse(json.Replace("[B]", $"[{B}]", StringComparison.Ordinal), out var problem));
        Assert.StartsWith(says, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void ATailAnswersForItsOwnExitAndSplitOnly()
    {
        Assert.Null(Parse("""{"parameters": {"exit": 0}}""", out var problem, new OpenModel("tail", 1, 2)));
        Assert.Equal("parameters: are exit 0, split 2, allowed for tail is exit 1, split 2", problem);
    }

    [Fact]
    public void HalfOfASurrogatePairIsNoText()
    {
        Assert.Null(Parse("""{"id": "\ud800"}""", out var problem));
        Assert.StartsWith("body: holds a text that is no Unicode", problem, StringComparison.Ordinal);
    }

    private OpenRequest? Parse(string json, out string problem, OpenModel? model = null)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return OpenRequest.Parse(document.RootElement, model ?? new OpenModel("network", 1, -1), _partitions, _layouts, out problem);
    }
}
