using RlOffload.Environment;
using RlOffload.Environment.Simulation;
using RlOffload.Inference.Emulation;
using RlOffload.Tests.Environment;

namespace RlOffload.Tests.Inference.Emulation;

public class EmulatedPathTests
{
    [Fact]
    public void AnswersComeHalfARoundTripAfterAServerThatServesOneAfterTheOther()
    {
        var path = Path(TestWorld.Scenario);
        var first = path.Answer(0, sent: 1, answered: 1.001, nominal: 0.1);
        Assert.Equal(1.14, first.AnswerAt, 1e-9); // 40 ms round trip
        Assert.Equal((0.04, 1, 0.1, 0), (first.RoundTrip, first.Load, Math.Round(first.Server, 9), Math.Round(first.Waited, 9)));
        var second = path.Answer(1, sent: 1.05, answered: 1.06, nominal: 0.1);
        Assert.Equal(1.24, second.AnswerAt, 1e-9);
        Assert.Equal(0.05, second.Waited, 1e-9);
    }

    [Fact]
    public void ARealServerThatTakesLongerCounts()
    {
        var answer = Path(TestWorld.Scenario).Answer(0, sent: 1, answered: 1.5, nominal: 0.1);
        Assert.Equal(1.52, answer.AnswerAt, 1e-9);
        Assert.Equal(0.48, answer.Server, 1e-9);
    }

    [Fact]
    public void TheLoadOfTheWindowSlowsTheServer()
    {
        var answer = Path(TestWorld.Scenario with { Server = new ServerSpec(1, [3]) }).Answer(0, 1, 1, 0.1);
        Assert.Equal((3, 0.3), (answer.Load, Math.Round(answer.Server, 9)));
    }

    private static EmulatedPath Path(Scenario scenario)
    {
        var draw = new WindowDraw(scenario, TestWorld.Constant(), 1);
        draw.Draw(0);
        return new EmulatedPath(draw);
    }
}
