using System.Numerics;
using System.Runtime.CompilerServices;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine.Kernels;

/// <summary>Parameter and both moments of Adam in one pass, each where it lies.</summary>
internal sealed unsafe class AdamKernel : Kernel
{
    private readonly float* _parameter, _gradient, _mean, _square, _rate, _correction;
    private readonly float _fresh1, _fresh2, _epsilon;
    private readonly nint _stride;

    private AdamKernel(Matrix parameter, Matrix gradient, Matrix mean, Matrix square, Matrix rate, Matrix correction, double fresh1, double fresh2, double epsilon)
        : base(parameter.Rows, 4L * parameter.Rows * parameter.Columns)
    {
        _parameter = parameter.Pointer;
        _gradient = gradient.Pointer;
        _mean = mean.Pointer;
        _square = square.Pointer;
        _rate = rate.Pointer;
        _correction = correction.Pointer;
        _stride = parameter.Stride;
        (_fresh1, _fresh2, _epsilon) = ((float)fresh1, (float)fresh2, (float)epsilon);
    }

    public static AdamKernel Of(Tensor step, Func<Tensor, Matrix> at)
    {
        var (mean, square) = (step.Inputs[1], step.Inputs[2]);
        return new AdamKernel(at(step.Inputs[0]), at(mean.Inputs[1]), at(mean), at(square), at(step.Inputs[3]), at(step.Inputs[4]), mean.Scalar, square.Scalar, step.Scalar);
    }

    /// <summary>m += (1 - beta1)(g - m);  v += (1 - beta2)(g^2 - v);  p -= rate m / (sqrt(v) correction + epsilon)</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(int from, int to, int thread)
    {
        var (fresh1, fresh2, epsilon) = (new Vector<float>(_fresh1), new Vector<float>(_fresh2), new Vector<float>(_epsilon));
        var (rate, correction) = (new Vector<float>(*_rate), new Vector<float>(*_correction));
        for (nint i = from * _stride, end = to * _stride; i < end; i += Vector<float>.Count)
        {
            Vector<float> g = Vector.Load(_gradient + i), m = Vector.Load(_mean + i), v = Vector.Load(_square + i);
            m += fresh1 * (g - m);
            v += fresh2 * (g * g - v);
            m.Store(_mean + i);
            v.Store(_square + i);
            (Vector.Load(_parameter + i) - rate * m / (Vector.SquareRoot(v) * correction + epsilon)).Store(_parameter + i);
        }
    }
}
