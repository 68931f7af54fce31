using System.Numerics;
using RlOffload.Agents.Engine.Kernels;

namespace RlOffload.Tests.Agents.Engine;

public sealed class ExponentialsTests
{
    private static readonly float[] Points = [.. Enumerable.Range(-8700, 17400).Select(i => i / 100f)];

    [Fact]
    public void Exp_is_good_to_three_in_ten_million() =>
        Assert.All(Points, x => Assert.InRange(Exponentials.Exp(new Vector<float>(x))[0] / Math.Exp(x), 1 - 3e-7, 1 + 3e-7));

    [Fact]
    public void What_is_forbidden_has_probability_exactly_zero() =>
        Assert.Equal(0f, Exponentials.Exp(new Vector<float>(-1e9f))[0]);

    [Fact]
    public void Tanh_and_Mish_are_good_over_their_range()
    {
        foreach (var x in Points)
        {
            Assert.Equal(Math.Tanh(x), Exponentials.Tanh(new Vector<float>(x))[0], 1e-6);
            var mish = x * Math.Tanh(x > 30 ? x : Math.Log(1 + Math.Exp(x)));
            Assert.Equal(mish, Exponentials.Mish(new Vector<float>(x))[0], 1e-6 * (1 + Math.Abs(x)));
        }
    }
}
