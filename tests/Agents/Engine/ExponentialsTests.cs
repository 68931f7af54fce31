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

    [Fact]
    public void Log_is_good_to_three_in_ten_million() => Assert.All(Enumerable.Range(1, 20_000), i =>
    {
        var x = i % 2 == 0 ? i / 20_000f : (float)Math.Pow(2, -24.0 * i / 20_000);
        Assert.Equal(Math.Log(x), Exponentials.Log(new Vector<float>(x))[0], 3e-7 * Math.Max(1, Math.Abs(Math.Log(x))));
    });

    [Fact]
    public void Sine_and_cosine_are_good_over_the_turn() => Assert.All(Enumerable.Range(-5000, 10_000), i =>
    {
        var turn = i / 10_000f;
        Exponentials.SinCos(new Vector<float>(turn), out var sine, out var cosine);
        Assert.Equal(Math.Sin(2 * Math.PI * turn), sine[0], 1e-6);
        Assert.Equal(Math.Cos(2 * Math.PI * turn), cosine[0], 1e-6);
    });
}
