using RlOffload.Agents.Learning;

namespace RlOffload.Tests.Agents.Learning;

public sealed class ParametersTests
{
    [Fact]
    public void ViewsAreNamedPartsOfOneBlock()
    {
        var parameters = new Parameters([("weight", 2, 3), ("bias", 1, 20)]);
        parameters["weight"].Row(1)[2] = 5;
        parameters[1].Row(0)[19] = 6;
        Assert.Equal(2 * 16 + 32, parameters.Flat.Length);
        Assert.Equal(5, parameters.Flat[16 + 2]);
        Assert.Equal(6, parameters.Flat[32 + 19]);
        Assert.Contains("weight, bias", Assert.Throws<ArgumentException>(() => parameters["scale"]).Message);
    }

    [Fact]
    public void TheLayoutCanBeRepeatedWithoutTheNumbers()
    {
        var parameters = new Parameters([("weight", 2, 3)]);
        parameters.Flat.Fill(1);
        var gradient = new Parameters(parameters);
        Assert.Equal(parameters.Flat.Length, gradient.Flat.Length);
        Assert.Equal(0, gradient["weight"].Row(0)[0]);
    }
}
