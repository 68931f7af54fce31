using System.Numerics;
using System.Runtime.CompilerServices;

namespace RlOffload.Agents.Learning;

/// <summary>Adam (Kingma and Ba 2015, algorithm 1) over one flat block of parameters, a multiple of <see cref="Matrix.Padding"/> floats.</summary>
public sealed class Adam
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private readonly double _learningRate;
    private readonly double _epsilon;
    private readonly Memory<float> _first;
    private readonly Memory<float> _second;
    private long _steps;

    public Adam(int count, double learningRate, double epsilon)
    {
        _learningRate = learningRate;
        _epsilon = epsilon;
        _first = AlignedFloats.Allocate(count);
        _second = AlignedFloats.Allocate(count);
    }

    /// <summary>parameters -= learning rate * m / (sqrt(v) + epsilon), both moments corrected for their start at zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(Span<float> parameters, ReadOnlySpan<float> gradient)
    {
        _steps++;
        // In double: 1f - 0.999f is off by 5e-5 relative, which moves weights visibly over a training.
        var fresh1 = new Vector<float>((float)(1 - Beta1));
        var fresh2 = new Vector<float>((float)(1 - Beta2));
        var rate = new Vector<float>((float)(_learningRate / (1 - Math.Pow(Beta1, _steps))));
        var correction = new Vector<float>((float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, _steps))));
        var epsilon = new Vector<float>((float)_epsilon);
        Span<float> first = _first.Span, second = _second.Span;
        for (var i = 0; i < parameters.Length; i += Vector<float>.Count)
        {
            var g = new Vector<float>(gradient[i..]);
            var m = new Vector<float>(first[i..]);
            var v = new Vector<float>(second[i..]);
            m += fresh1 * (g - m);
            v += fresh2 * (g * g - v);
            m.CopyTo(first[i..]);
            v.CopyTo(second[i..]);
            var step = rate * m / (Vector.SquareRoot(v) * correction + epsilon);
            (new Vector<float>(parameters[i..]) - step).CopyTo(parameters[i..]);
        }
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write(_steps);
        writer.WriteFloats(_first.Span);
        writer.WriteFloats(_second.Span);
    }

    internal void Load(BinaryReader reader)
    {
        _steps = reader.ReadInt64();
        reader.ReadFloats(_first.Span);
        reader.ReadFloats(_second.Span);
    }
}
