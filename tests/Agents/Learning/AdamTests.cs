using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class AdamTests
{
    [Fact]
    public void StepsFollowTheAlgorithmInDouble()
    {
        const int size = 32;
        var adam = new Adam(size, 1e-2, 1e-8);
        var parameters = Matrices.Noise(1, size, 1).Span.ToArray();
        double[] expected = [.. parameters.Select(value => (double)value)];
        var (m, v) = (new double[size], new double[size]);
        for (var t = 1; t <= 200; t++)
        {
            var gradient = Matrices.Noise(1, size, (ulong)(1 + t)).Span;
            adam.Step(parameters, gradient);
            for (var i = 0; i < size; i++)
            {
                m[i] = 0.9 * m[i] + 0.1 * gradient[i];
                v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i];
                expected[i] -= 1e-2 * m[i] / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-8);
            }
        }
        Assert.InRange(Matrices.Distance(expected, parameters), 0, 2e-6);
    }

    [Fact]
    public void PaddingWithoutGradientStaysZero()
    {
        var parameters = new float[16];
        new Adam(16, 1e-2, 1e-8).Step(parameters, new float[16]);
        Assert.All(parameters, value => Assert.Equal(0f, value));
    }
}
