using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Environment;

namespace RlOffload.Agents.Learning;

/// <summary>One affine layer: Y = X W + b with W [in, out] (row-major, a row an input) and b [1, out].</summary>
public readonly record struct DenseLayer(Matrix Weight, Matrix Bias);

/// <summary>A perceptron with ReLU between its layers and a linear output. Not for two threads at once.</summary>
public sealed class Mlp
{
    private readonly float[] _input;
    private readonly float[] _output;

    public int Inputs { get; }
    public int Outputs { get; }

    /// <summary>Named "weight0", "bias0", "weight1", ...</summary>
    public Parameters Parameters { get; }

    public IReadOnlyList<DenseLayer> Layers { get; }

    /// <summary>A zero network; see <see cref="Initialise"/>.</summary>
    public Mlp(int inputs, IReadOnlyList<int> hidden, int outputs)
    {
        Inputs = inputs;
        Outputs = outputs;
        int[] widths = [inputs, .. hidden, outputs];
        var shapes = new List<(string, int, int)>();
        for (var i = 0; i + 1 < widths.Length; i++)
        {
            shapes.Add(($"weight{i}", widths[i], widths[i + 1]));
            shapes.Add(($"bias{i}", 1, widths[i + 1]));
        }
        Parameters = new Parameters(shapes);
        Layers = [.. Enumerable.Range(0, hidden.Count + 1).Select(i => new DenseLayer(Parameters[2 * i], Parameters[2 * i + 1]))];
        _input = new float[Matrix.PaddedWidth(widths.Max())];
        _output = new float[_input.Length];
    }

    /// <summary>
    /// Uniform in +-1/sqrt(inputs of the layer), torch.nn.Linear's default; the last layer times <paramref name="outputScale"/>
    /// (0.01 makes a first policy near uniform: Andrychowicz et al. 2021, "What Matters for On-Policy Deep Actor-Critic Methods").
    /// </summary>
    public void Initialise(ref Rng rng, double outputScale = 1)
    {
        for (var i = 0; i < Layers.Count; i++)
        {
            var (weight, bias) = Layers[i];
            var bound = (i == Layers.Count - 1 ? outputScale : 1) / Math.Sqrt(weight.Rows);
            for (var row = 0; row < weight.Rows; row++)
                Fill(weight.Row(row), bound, ref rng);
            Fill(bias.Row(0), bound, ref rng);
        }
    }

    /// <summary>One sample, the deployment's path. Allocates nothing.</summary>
    public void Forward(ReadOnlySpan<float> input, Span<float> output)
    {
        var (x, y) = (_input, _output);
        input[..Inputs].CopyTo(x);
        for (var i = 0; i < Layers.Count; i++)
        {
            Affine(x, Layers[i], y, relu: i + 1 < Layers.Count);
            (x, y) = (y, x);
        }
        x.AsSpan(0, Outputs).CopyTo(output);
    }

    private static void Fill(Span<float> values, double bound, ref Rng rng)
    {
        foreach (ref var value in values)
            value = (float)(bound * (2 * rng.NextDouble() - 1));
    }

    /// <summary>y = x W + b by columns, four vectors of them at once while there are as many, even and odd inputs apart: eight independent chains of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Affine(float[] x, in DenseLayer layer, float[] y, bool relu)
    {
        var (inputs, stride, width) = (layer.Weight.Rows, (nint)layer.Weight.Stride, Vector<float>.Count);
        var floor = new Vector<float>(relu ? 0f : float.NegativeInfinity);
        fixed (float* px = x, py = y)
        {
            float* weight = layer.Weight.Pointer, bias = layer.Bias.Pointer;
            nint j = 0;
            for (; j + 4 * width <= stride; j += 4 * width)
                Four(px, weight + j, bias + j, py + j, inputs, stride, floor);
            for (; j < stride; j += 2 * width)
            {
                // With 16 lanes the last pair may have one vector only; it is then computed twice.
                var right = Math.Min(j + width, stride - width);
                var (even0, even1) = (Vector.Load(bias + j), Vector.Load(bias + right));
                var (odd0, odd1) = (Vector<float>.Zero, Vector<float>.Zero);
                var row = weight;
                var k = 0;
                for (; k + 1 < inputs; k += 2, row += 2 * stride)
                {
                    var (first, second) = (new Vector<float>(px[k]), new Vector<float>(px[k + 1]));
                    even0 = Vector.MultiplyAddEstimate(first, Vector.Load(row + j), even0);
                    even1 = Vector.MultiplyAddEstimate(first, Vector.Load(row + right), even1);
                    odd0 = Vector.MultiplyAddEstimate(second, Vector.Load(row + stride + j), odd0);
                    odd1 = Vector.MultiplyAddEstimate(second, Vector.Load(row + stride + right), odd1);
                }
                if (k < inputs)
                {
                    even0 = Vector.MultiplyAddEstimate(new Vector<float>(px[k]), Vector.Load(row + j), even0);
                    even1 = Vector.MultiplyAddEstimate(new Vector<float>(px[k]), Vector.Load(row + right), even1);
                }
                Vector.Max(even0 + odd0, floor).Store(py + j);
                Vector.Max(even1 + odd1, floor).Store(py + right);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Four(float* x, float* weight, float* bias, float* y, int inputs, nint stride, Vector<float> floor)
    {
        var width = Vector<float>.Count;
        var (even0, even1) = (Vector.Load(bias), Vector.Load(bias + width));
        var (even2, even3) = (Vector.Load(bias + 2 * width), Vector.Load(bias + 3 * width));
        var (odd0, odd1, odd2, odd3) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var k = 0;
        for (; k + 1 < inputs; k += 2, weight += 2 * stride)
        {
            var (first, second) = (new Vector<float>(x[k]), new Vector<float>(x[k + 1]));
            even0 = Vector.MultiplyAddEstimate(first, Vector.Load(weight), even0);
            even1 = Vector.MultiplyAddEstimate(first, Vector.Load(weight + width), even1);
            even2 = Vector.MultiplyAddEstimate(first, Vector.Load(weight + 2 * width), even2);
            even3 = Vector.MultiplyAddEstimate(first, Vector.Load(weight + 3 * width), even3);
            odd0 = Vector.MultiplyAddEstimate(second, Vector.Load(weight + stride), odd0);
            odd1 = Vector.MultiplyAddEstimate(second, Vector.Load(weight + stride + width), odd1);
            odd2 = Vector.MultiplyAddEstimate(second, Vector.Load(weight + stride + 2 * width), odd2);
            odd3 = Vector.MultiplyAddEstimate(second, Vector.Load(weight + stride + 3 * width), odd3);
        }
        if (k < inputs)
        {
            var last = new Vector<float>(x[k]);
            even0 = Vector.MultiplyAddEstimate(last, Vector.Load(weight), even0);
            even1 = Vector.MultiplyAddEstimate(last, Vector.Load(weight + width), even1);
            even2 = Vector.MultiplyAddEstimate(last, Vector.Load(weight + 2 * width), even2);
            even3 = Vector.MultiplyAddEstimate(last, Vector.Load(weight + 3 * width), even3);
        }
        Vector.Max(even0 + odd0, floor).Store(y);
        Vector.Max(even1 + odd1, floor).Store(y + width);
        Vector.Max(even2 + odd2, floor).Store(y + 2 * width);
        Vector.Max(even3 + odd3, floor).Store(y + 3 * width);
    }
}
