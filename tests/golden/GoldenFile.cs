using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using RlOffload.Agents.Engine;
using RlOffload.Agents.Learning;
using RlOffload.Agents.Replay;

namespace RlOffload.Tests.Golden;

/// <summary>Tensors and notes of a file in the safetensors format, as the scripts beside this write them.</summary>
internal sealed class GoldenFile
{
    private readonly Dictionary<string, (int Columns, double[] Values)> _tensors = [];
    private readonly JsonElement _notes;

    public GoldenFile(string name)
    {
        var bytes = File.ReadAllBytes(Repository.At($"tests/golden/{name}.safetensors"));
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = JsonDocument.Parse(bytes.AsMemory(8, length)).RootElement;
        _notes = header.GetProperty("__metadata__");
        foreach (var entry in header.EnumerateObject().Where(e => e.Name != "__metadata__"))
        {
            int[] range = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(o => 8 + length + o.GetInt32())];
            var data = bytes.AsSpan(range[0], range[1] - range[0]);
            double[] values = entry.Value.GetProperty("dtype").GetString() == "F32"
                ? [.. MemoryMarshal.Cast<byte, float>(data).ToArray().Select(v => (double)v)] : MemoryMarshal.Cast<byte, double>(data).ToArray();
            _tensors.Add(entry.Name, (entry.Value.GetProperty("shape").EnumerateArray().Last().GetInt32(), values));
        }
    }

    /// <summary>Each form with each engine that this build has.</summary>
    public static TheoryData<string, string> Cases(IEnumerable<string> forms)
    {
        var cases = new TheoryData<string, string>();
        foreach (var form in forms)
            foreach (var engine in Engines.Names.Where(e => Engines.Problem(e) is null))
                cases.Add(form, engine);
        return cases;
    }

    /// <summary>PyTorch's own error in float32 against the float64 of this file.</summary>
    /// <param name="what">gradient, after1 or after100.</param>
    public double Float32Error(string what) => double.Parse(_notes.GetProperty($"float32 {what}").GetString()!);

    /// <summary>Writes a tensor into <paramref name="matrix"/>.</summary>
    public void Fill(Matrix matrix, string tensor)
    {
        var (columns, values) = Of(matrix, tensor);
        for (var r = 0; r < matrix.Rows; r++)
            for (var c = 0; c < columns; c++)
                matrix.Row(r)[c] = (float)values[r * columns + c];
    }

    /// <summary>Writes a batch as a replay would have drawn it.</summary>
    public void Fill(ReplayBatch batch, int number)
    {
        foreach (var (matrix, name) in new[] { (batch.Observations, "s"), (batch.NextObservations, "next"), (batch.Actions, "a"), (batch.Rewards, "r"), (batch.Discounts, "discount") })
            Fill(matrix, $"batch{number}.{name}");
        var words = new ulong[1];
        foreach (var (matrix, name) in new[] { (batch.NextForbidden, "next_valid"), (batch.Forbidden, "valid") })
        {
            Fill(matrix, $"batch{number}.{name}");
            for (var r = 0; r < matrix.Rows; r++)
            {
                ActionMask.Pack([.. matrix.Row(r).ToArray().Select(v => v > 0)], words);
                ActionMask.Expand(words, matrix.PaddedRow(r));
                batch.EntropyShares.Row(r)[0] = ActionMask.Count(words) is > 1 and var choices ? (float)(1 / Math.Log(choices)) : 0;
            }
        }
    }

    /// <summary>The worst of several tensors named <paramref name="name"/>.0, .1, ...</summary>
    public double Off(Parameters found, string name) => Enumerable.Range(0, found.Names.Count).Max(i => Off(found[i], $"{name}.{i}"));

    /// <summary>Normwise: the largest difference over the largest number.</summary>
    public double Off(Matrix found, string tensor)
    {
        var (columns, values) = Of(found, tensor);
        var off = 0.0;
        for (var r = 0; r < found.Rows; r++)
            for (var c = 0; c < columns; c++)
            {
                Assert.True(float.IsFinite(found.Row(r)[c]), $"{tensor} at [{r},{c}] is {found.Row(r)[c]}");
                off = Math.Max(off, Math.Abs(found.Row(r)[c] - values[r * columns + c]));
            }
        return off / values.Max(Math.Abs);
    }

    private (int Columns, double[] Values) Of(Matrix matrix, string tensor)
    {
        var found = _tensors[tensor];
        Assert.Equal((matrix.Columns, matrix.Rows * matrix.Columns), (found.Columns, found.Values.Length));
        return found;
    }
}
