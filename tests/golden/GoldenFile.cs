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
        FillMask(batch.NextForbidden, $"batch{number}.next_valid");
        for (var (r, choices) = (0, FillMask(batch.Forbidden, $"batch{number}.valid")); r < choices.Length; r++)
            batch.EntropyShares.Row(r)[0] = choices[r] > 1 ? (float)(1 / Math.Log(choices[r])) : 0;
        if (batch is not { Plans: { } plans, NextPlans: { } next, TakenPlan: { } taken })
            return;
        Fill(plans, $"batch{number}.phi");
        Fill(next, $"batch{number}.next_phi");
        for (var r = 0; r < taken.Rows; r++)
            plans.Row(r * batch.Forbidden.Columns + (int)batch.Actions.Row(r)[0]).CopyTo(taken.Row(r));
    }

    /// <summary>Writes what a planner taught in the batch.</summary>
    public void Fill(TaughtBatch taught, int number)
    {
        Fill(taught.States.Observations, $"batch{number}.taught_s");
        FillMask(taught.States.Forbidden, $"batch{number}.taught_valid");
        Fill(taught.States.Actions, $"batch{number}.taught_a");
        taught.Chosen.Span.Clear();
        for (var r = 0; r < taught.Chosen.Rows; r++)
            taught.Chosen.Row(r)[(int)taught.States.Actions.Row(r)[0]] = 1;
    }

    /// <summary>Writes 0 where the tensor has 1, and elsewhere that an action is forbidden.</summary>
    /// <returns>Valid actions of each row.</returns>
    public int[] FillMask(Matrix matrix, string tensor)
    {
        var words = new ulong[1];
        var choices = new int[matrix.Rows];
        Fill(matrix, tensor);
        for (var r = 0; r < matrix.Rows; r++)
        {
            ActionMask.Pack([.. matrix.Row(r).ToArray().Select(v => v > 0)], words);
            ActionMask.Expand(words, matrix.PaddedRow(r));
            choices[r] = ActionMask.Count(words);
        }
        return choices;
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
