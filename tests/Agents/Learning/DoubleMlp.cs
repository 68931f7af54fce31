using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

/// <summary>The same perceptron in double, forward only: the referee whose finite differences the gradients must match.</summary>
internal sealed class DoubleMlp
{
    private readonly Mlp _shape;

    /// <summary>The network's parameters in the order and with the padding of <see cref="Parameters.Flat"/>.</summary>
    public double[] Flat { get; }

    public DoubleMlp(Mlp network)
    {
        _shape = network;
        Flat = [.. network.Parameters.Flat.ToArray().Select(value => (double)value)];
    }

    public double[] Forward(ReadOnlySpan<float> input)
    {
        double[] x = [.. input.ToArray().Select(value => (double)value)];
        var offset = 0;
        foreach (var (layer, (weight, bias)) in _shape.Layers.Index())
        {
            var y = new double[weight.Columns];
            for (var j = 0; j < y.Length; j++)
            {
                y[j] = Flat[offset + weight.Rows * weight.Stride + j];
                for (var i = 0; i < x.Length; i++)
                    y[j] += x[i] * Flat[offset + i * weight.Stride + j];
                if (layer + 1 < _shape.Layers.Count)
                    y[j] = Math.Max(0, y[j]);
            }
            offset += weight.Rows * weight.Stride + bias.Stride;
            x = y;
        }
        return x;
    }

    /// <summary>dLoss/dFlat by central differences; padding is left at zero.</summary>
    public double[] Differences(Func<double> loss)
    {
        const double step = 1e-6;
        var gradient = new double[Flat.Length];
        foreach (var index in Used())
        {
            var value = Flat[index];
            Flat[index] = value + step;
            var above = loss();
            Flat[index] = value - step;
            var below = loss();
            Flat[index] = value;
            gradient[index] = (above - below) / (2 * step);
        }
        return gradient;
    }

    private IEnumerable<int> Used()
    {
        var offset = 0;
        foreach (var (weight, bias) in _shape.Layers)
        {
            foreach (var view in (Matrix[])[weight, bias])
            {
                for (var row = 0; row < view.Rows; row++)
                    for (var column = 0; column < view.Columns; column++)
                        yield return offset + row * view.Stride + column;
                offset += view.Rows * view.Stride;
            }
        }
    }
}
