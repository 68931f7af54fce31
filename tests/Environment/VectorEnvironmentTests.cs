using RlOffload.Environment;

namespace RlOffload.Tests.Environment;

public sealed class VectorEnvironmentTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void CopiesAreWhatSingleEnvironmentsAre(int threads)
    {
        const int copies = 5;
        var scenario = TestWorld.Scenario with { Requests = 20 };
        var model = TestWorld.Model(scenario);
        var vector = new VectorEnvironment(model, TestWorld.Varying(), TestWorld.Seed, copies, threads);
        var singles = Enumerable.Range(0, copies).Select(_ => TestWorld.Environment(scenario)).ToArray();
        var layout = new ObservationLayout(model);
        var expected = new float[layout.Size];
        var rng = new Rng(3);
        var plans = new int[copies];
        vector.Reset();
        for (var i = 0; i < copies; i++)
            singles[i].Reset(i);
        for (var step = 0; step < 70; step++)
        {
            for (var i = 0; i < copies; i++)
            {
                layout.Write(singles[i].Observation, expected);
                Assert.Equal(expected, vector.Observations[(i * layout.Size)..((i + 1) * layout.Size)]);
                Assert.Equal(singles[i].Mask, vector[i].Mask);
                plans[i] = rng.NextInt(model.Count);
            }
            vector.Step(plans);
            for (var i = 0; i < copies; i++)
            {
                Assert.Equal(singles[i].Step(plans[i]), vector.Results[i]);
                Assert.Equal(singles[i].Delivered, vector[i].Delivered);
                if (!singles[i].Truncated)
                    continue;
                layout.Write(singles[i].Observation, expected);
                Assert.Equal(expected, vector.Final(i));
                singles[i].Reset(singles[i].Window + copies);
                Assert.Equal(singles[i].Window, vector[i].Window);
            }
        }
    }

    [Fact]
    public void AnotherNumberOfPlansIsRefused()
    {
        var vector = new VectorEnvironment(TestWorld.Model(), TestWorld.Varying(), TestWorld.Seed, 2);
        vector.Reset();
        Assert.Throws<ArgumentException>(() => vector.Step(new int[3]));
    }
}
