using RlOffload.Agents.Learning;
using RlOffload.Agents.Sac;
using RlOffload.Tests.Agents.Learning;

namespace RlOffload.Tests.Agents.Sac;

public sealed class MaskedSoftmaxTests
{
    [Theory, InlineData(3), InlineData(16), InlineData(61)]
    public void ProbabilitiesLogsAndEntropyAreThoseOfTheValidActions(int actions)
    {
        Matrix logits = Matrices.Noise(4, actions, 1), prior = Matrices.Noise(4, actions, 2);
        var (policy, log, entropy) = Run(logits, prior, (b, a) => (a + b) % 3 != 1 || a == 0);
        for (var b = 0; b < 4; b++)
        {
            var valid = Enumerable.Range(0, actions).Where(a => (a + b) % 3 != 1 || a == 0).ToArray();
            var weights = valid.Select(a => Math.Exp((double)logits.Row(b)[a] + prior.Row(b)[a])).ToArray();
            var expected = 0.0;
            foreach (var (weight, a) in weights.Zip(valid))
            {
                var p = weight / weights.Sum();
                Assert.Equal(p, policy.Row(b)[a], 1e-6);
                Assert.Equal(Math.Log(p), log.Row(b)[a], 1e-5);
                expected -= p * Math.Log(p);
            }
            Assert.Equal(expected, entropy[b], 1e-5);
            foreach (var a in Enumerable.Range(0, actions).Except(valid))
                Assert.Equal(0f, policy.Row(b)[a]);
        }
        Matrices.AssertPaddingIsZero(policy);
    }

    [Fact]
    public void OneValidActionIsCertainAndHasNoEntropy()
    {
        var (policy, log, entropy) = Run(Matrices.Noise(1, 5, 1), null, (_, a) => a == 2);
        Assert.Equal([0, 0, 1, 0, 0], policy.Row(0).ToArray());
        Assert.Equal(0f, log.Row(0)[2], 1e-6f);
        Assert.Equal(0f, entropy[0], 1e-6f);
    }

    [Fact]
    public void LogitsFarApartStayFinite()
    {
        var logits = Matrix.Zeros(1, 3);
        ((float[])[300, -300, 0]).CopyTo(logits.Row(0));
        var (policy, log, entropy) = Run(logits, null, (_, _) => true);
        Assert.Equal([1, 0, 0], policy.Row(0).ToArray());
        Assert.Equal(-600, log.Row(0)[1], 1e-3f);
        Assert.Equal(0f, entropy[0], 1e-6f);
    }

    private static (Matrix Policy, Matrix Log, float[] Entropy) Run(Matrix logits, Matrix? prior, Func<int, int, bool> valid)
    {
        var forbidden = Matrix.Zeros(logits.Rows, logits.Columns);
        forbidden.Span.Fill(MaskedSoftmax.Forbidden);
        for (var b = 0; b < logits.Rows; b++)
            for (var a = 0; a < logits.Columns; a++)
                if (valid(b, a))
                    forbidden.Row(b)[a] = 0;
        Matrix policy = Matrix.Zeros(logits.Rows, logits.Columns), log = Matrix.Zeros(logits.Rows, logits.Columns);
        var entropy = new float[logits.Rows];
        MaskedSoftmax.Rows(logits, prior, forbidden, policy, log, entropy);
        return (policy, log, entropy);
    }
}
