using RlOffload.Inference.Profiling;

namespace RlOffload.Tests.Inference.Profiling;

public class ExitScoresTests
{
    [Fact]
    public void LogitsAreTurnedIntoProbabilities()
    {
        // softmax(ln 1, ln 2, ln 5) = 1/8, 2/8, 5/8; the shift cancels.
        var (confidence, entropy) = ExitScores.Certainty([MathF.Log(1) + 700, MathF.Log(2) + 700, MathF.Log(5) + 700]);

        Assert.Equal(5 / 8.0, confidence, 4);
        Assert.Equal(-(Math.Log(1 / 8.0) / 8 + Math.Log(2 / 8.0) * 2 / 8 + Math.Log(5 / 8.0) * 5 / 8), entropy, 4);
    }

    [Fact]
    public void ProbabilitiesAreTakenAsTheyAre()
    {
        var (confidence, entropy) = ExitScores.Certainty([0.25f, 0.75f, 0]);

        Assert.Equal(0.75, confidence, 6);
        Assert.Equal(-(0.25 * Math.Log(0.25) + 0.75 * Math.Log(0.75)), entropy, 6);
    }

    [Fact]
    public void AnImageIsCorrectWhereItsLargestOutputIsItsLabel()
    {
        var scores = new ExitScores(2);

        scores.Note(1, [1, 3, 2], 1);
        scores.Note(0, [1, 3, 2], 2);

        Assert.Equal("01", scores.Correct);
        Assert.Equal(0.665f, scores.Confidence[1]);
    }
}
