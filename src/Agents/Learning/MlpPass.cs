using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Agents.Learning;

/// <summary>
/// A network on a batch: the activations of its last forward pass and, where built for it, the gradients of the backward pass.
/// Several passes of one network (on s and on s') each keep their own activations. Allocates nothing after construction.
/// </summary>
public sealed class MlpPass
{
    private readonly Mlp _network;
    private readonly IMatrixProduct _product;
    private readonly Matrix[] _activations;
    private readonly Matrix[] _deltas;
    private readonly Matrix _lastTransposed;
    private readonly Matrix _lastTransposedGradient;
    private Matrix _input;

    /// <summary>The outputs of the last forward pass [batch, outputs].</summary>
    public Matrix Output => _activations[^1];

    /// <summary>dLoss/dOutput [batch, outputs], to be written before <see cref="Backward"/>.</summary>
    public Matrix OutputGradient => _deltas[^1];

    /// <summary>dLoss/dParameters of the last backward pass.</summary>
    public Parameters Gradient { get; }

    public MlpPass(Mlp network, int batch, IMatrixProduct product, bool backward)
    {
        _network = network;
        _product = product;
        _activations = [.. network.Layers.Select(layer => Matrix.Zeros(batch, layer.Weight.Columns))];
        _deltas = backward ? [.. network.Layers.Select(layer => Matrix.Zeros(batch, layer.Weight.Columns))] : [];
        Gradient = backward ? new Parameters(network.Parameters) : new Parameters([]);
        var last = network.Layers[^1].Weight;
        _lastTransposed = backward ? Matrix.Zeros(last.Columns, last.Rows) : default;
        _lastTransposedGradient = backward ? Matrix.Zeros(last.Columns, last.Rows) : default;
    }

    /// <summary>Runs <paramref name="input"/> [batch, inputs], which must stay as it is until the backward pass is done.</summary>
    public void Forward(in Matrix input)
    {
        _input = input;
        for (var i = 0; i < _activations.Length; i++)
        {
            var (weight, bias) = _network.Layers[i];
            _product.NN(i == 0 ? input : _activations[i - 1], weight, _activations[i]);
            AddBias(_activations[i], bias, relu: i + 1 < _activations.Length);
        }
    }

    /// <summary>From <see cref="OutputGradient"/> to <see cref="Gradient"/>.</summary>
    public void Backward()
    {
        var last = _deltas.Length - 1;
        var delta = _deltas[last];
        if (last > 0)
            _product.NT(delta, _network.Layers[last].Weight, _deltas[last - 1]);
        _product.TN(last > 0 ? _activations[last - 1] : _input, delta, Gradient[2 * last]);
        SumRows(delta, Gradient[2 * last + 1]);
        BackwardHidden();
    }

    /// <summary>
    /// The same for a loss of one output a row: <paramref name="gradient"/>[b] = dLoss/dOutput[b, selected[b]], all others zero.
    /// The last layer then costs one row of its weights a sample instead of two matrix products.
    /// </summary>
    public void Backward(ReadOnlySpan<int> selected, ReadOnlySpan<float> gradient)
    {
        var last = _deltas.Length - 1;
        var below = last > 0 ? _activations[last - 1] : _input;
        Transpose(_network.Layers[last].Weight, _lastTransposed);
        _lastTransposedGradient.Span.Clear();
        var biasGradient = Gradient[2 * last + 1].Span;
        biasGradient.Clear();
        for (var b = 0; b < below.Rows; b++)
        {
            biasGradient[selected[b]] += gradient[b];
            AddScaled(below.PaddedRow(b), gradient[b], _lastTransposedGradient.PaddedRow(selected[b]));
            if (last > 0)
                Scale(_lastTransposed.PaddedRow(selected[b]), gradient[b], _deltas[last - 1].PaddedRow(b));
        }
        Transpose(_lastTransposedGradient, Gradient[2 * last]);
        BackwardHidden();
    }

    /// <summary>The hidden layers, from dLoss/d(activation) of the last of them.</summary>
    private void BackwardHidden()
    {
        for (var i = _deltas.Length - 2; i >= 0; i--)
        {
            MaskByRelu(_deltas[i], _activations[i]);
            _product.TN(i > 0 ? _activations[i - 1] : _input, _deltas[i], Gradient[2 * i]);
            SumRows(_deltas[i], Gradient[2 * i + 1]);
            if (i > 0)
                _product.NT(_deltas[i], _network.Layers[i].Weight, _deltas[i - 1]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddBias(in Matrix matrix, in Matrix bias, bool relu)
    {
        var offsets = bias.Span;
        var floor = new Vector<float>(relu ? 0f : float.NegativeInfinity);
        for (var b = 0; b < matrix.Rows; b++)
        {
            var row = matrix.PaddedRow(b);
            for (var j = 0; j < row.Length; j += Vector<float>.Count)
                Vector.Max(new Vector<float>(row[j..]) + new Vector<float>(offsets[j..]), floor).CopyTo(row[j..]);
        }
    }

    /// <summary>delta *= (activation > 0)</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MaskByRelu(in Matrix delta, in Matrix activation)
    {
        Span<float> deltas = delta.Span, values = activation.Span;
        for (var j = 0; j < deltas.Length; j += Vector<float>.Count)
        {
            var alive = Vector.GreaterThan(new Vector<float>(values[j..]), Vector<float>.Zero);
            Vector.ConditionalSelect(alive, new Vector<float>(deltas[j..]), Vector<float>.Zero).CopyTo(deltas[j..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRows(in Matrix matrix, in Matrix sums)
    {
        var total = sums.Span;
        total.Clear();
        for (var b = 0; b < matrix.Rows; b++)
            AddScaled(matrix.PaddedRow(b), 1f, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled(ReadOnlySpan<float> row, float factor, Span<float> sum)
    {
        var scale = new Vector<float>(factor);
        for (var j = 0; j < row.Length; j += Vector<float>.Count)
            Vector.MultiplyAddEstimate(scale, new Vector<float>(row[j..]), new Vector<float>(sum[j..])).CopyTo(sum[j..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale(ReadOnlySpan<float> row, float factor, Span<float> scaled)
    {
        for (var j = 0; j < row.Length; j += Vector<float>.Count)
            (new Vector<float>(row[j..]) * factor).CopyTo(scaled[j..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(in Matrix from, in Matrix to)
    {
        Span<float> source = from.Span, target = to.Span;
        for (var row = 0; row < from.Rows; row++)
            for (var column = 0; column < from.Columns; column++)
                target[column * to.Stride + row] = source[row * from.Stride + column];
    }
}
