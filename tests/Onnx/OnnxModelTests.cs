using Google.Protobuf;
using RlOffload.Onnx;
using RlOffload.Onnx.Proto;
using DataType = RlOffload.Onnx.Proto.TensorProto.Types.DataType;

namespace RlOffload.Tests.Onnx;

public class OnnxModelTests
{
    [Fact]
    public void Fields_that_the_schema_does_not_name_survive_a_round_trip()
    {
        var bytes = Graphs.Make("x", "y", "", "y = Relu x").ToBytes();
        // Field 20 (training_info) with one empty entry inside, which the schema here leaves out.
        byte[] extended = [.. bytes, 0xA2, 0x01, 0x02, 0x0A, 0x00];

        var written = OnnxModel.Parse(extended, "m").ToBytes();

        Assert.Equal(extended.Length, written.Length);
        Assert.Equal([0xA2, 0x01, 0x02, 0x0A, 0x00], written[^5..]);
    }

    [DataFact("models/other/mnist.onnx")]
    public void A_foreign_file_is_written_with_the_same_bytes_twice()
    {
        var path = SharedData.At("models/other/mnist.onnx");

        var once = OnnxModel.Load(path).ToBytes();

        Assert.Equal(new FileInfo(path).Length, once.Length);
        Assert.Equal(once, OnnxModel.Parse(once, "again").ToBytes());
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("hello, this is text and no model at all", "no ONNX model")]
    [InlineData("\u0008\u0008", "graph: is missing")]
    public void What_is_no_model_is_refused_with_its_name(string text, string reason)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => OnnxModel.Parse(System.Text.Encoding.Latin1.GetBytes(text), "dir/bad.onnx"));

        Assert.StartsWith("dir/bad.onnx:", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        var bytes = Graphs.Make("x", "y", "w", "y = Add x,w").ToBytes();

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => OnnxModel.Parse(bytes.AsSpan(0, length), "m"));
    }

    [Fact]
    public void A_missing_file_is_refused_with_its_name() =>
        Assert.StartsWith("no/such.onnx:file:", Assert.Throws<InvalidDataException>(() => OnnxModel.Load("no/such.onnx")).Message, StringComparison.Ordinal);

    [Fact]
    public void Weights_kept_beside_the_file_are_read_in()
    {
        var folder = Directory.CreateTempSubdirectory("onnx-test-").FullName;
        try
        {
            var model = Graphs.Make("x", "y", "w", "y = Add x,w");
            External(model, "weights.bin", 4, 4);
            model.Save(Path.Combine(folder, "m.onnx"));
            File.WriteAllBytes(Path.Combine(folder, "weights.bin"), [9, 9, 9, 9, 1, 2, 3, 4, 9]);

            var weight = OnnxModel.Load(Path.Combine(folder, "m.onnx")).Proto.Graph.Initializer.Single();

            Assert.Equal(ByteString.CopyFrom(1, 2, 3, 4), weight.RawData);
            Assert.Equal(TensorProto.Types.DataLocation.Default, weight.DataLocation);
            Assert.Equal(["m.onnx", "weights.bin"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("../weights.bin", 0, "inside the model's folder")]
    [InlineData("/etc/hostname", 0, "inside the model's folder")]
    [InlineData("weights.bin", 6, "do not fit")]
    [InlineData("weights.bin", long.MaxValue, "do not fit")]
    [InlineData("weights.bin", 0, "length is 5, allowed is 4", 5)]
    [InlineData("weights.bin", 0, "length is '-1', allowed is a whole number", -1)]
    [InlineData("weights.bin\0", 0, "holds a 0 character")]
    [InlineData("absent.bin", 0, "cannot be read")]
    public void Weights_that_cannot_be_had_are_refused(string location, long offset, string reason, int length = 4)
    {
        var folder = Directory.CreateTempSubdirectory("onnx-test-").FullName;
        try
        {
            var model = Graphs.Make("x", "y", "w", "y = Add x,w");
            External(model, location, offset, length);
            model.Save(Path.Combine(folder, "m.onnx"));
            File.WriteAllBytes(Path.Combine(folder, "weights.bin"), new byte[9]);

            var refusal = Assert.Throws<InvalidDataException>(() => OnnxModel.Load(Path.Combine(folder, "m.onnx")));

            Assert.Contains("external_data of tensor 'w'", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void External(OnnxModel model, string location, long offset, int length)
    {
        var weight = model.Proto.Graph.Initializer.Single();
        weight.FloatData.Clear();
        weight.DataType = (int)DataType.Float;
        weight.DataLocation = TensorProto.Types.DataLocation.External;
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        weight.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = $"{offset}" });
        weight.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = $"{length}" });
    }
}
