using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;

namespace RlOffload.Tests.Environment;

/// <summary><see cref="TestWorld"/> with 400 images: deeper exits are surer and more often right, and sure answers more often than unsure ones.</summary>
internal static class GatedWorld
{
    public const int Images = 400;

    public static ModelProfile Profile { get; } = Make();

    public static Gate Sure { get; } = Gate.Everywhere(3, GateMeasure.Confidence, 0.7);
    public static Gate SecondExit { get; } = Gate.At(1, GateMeasure.Entropy, 0.4);

    public static CostModel Model(Scenario? scenario = null, IReadOnlyList<int>? bits = null)
    {
        scenario ??= TestWorld.Scenario;
        return new CostModel(new CostTable(Profile, PlanTable.Of(Profile, bits ?? [4, 8], probe: true, [Sure, SecondExit]), scenario), scenario);
    }

    private static ModelProfile Make()
    {
        var rng = new Rng(5);
        var (confidence, entropy, correct) = (new float[3][], new float[3][], new char[3][]);
        for (var e = 0; e < 3; e++)
            (confidence[e], entropy[e], correct[e]) = (new float[Images], new float[Images], new char[Images]);
        for (var i = 0; i < Images; i++)
        {
            var easy = rng.NextDouble();
            for (var e = 0; e < 3; e++)
            {
                confidence[e][i] = (float)Math.Clamp(0.3 + 0.15 * e + 0.6 * easy * rng.NextDouble(), 0.1, 1);
                entropy[e][i] = 1.2f * (1 - confidence[e][i]);
                correct[e][i] = rng.NextDouble() < 0.2 + 0.75 * confidence[e][i] ? '1' : '0';
            }
        }
        var outcomes = new ImageOutcomes(Images, confidence, entropy, [.. correct.Select(c => new string(c))]);
        var accuracy = outcomes.Correct.Select(c => c.Count(x => x == '1') / (double)Images).ToArray();
        return TestWorld.Profile with
        {
            Outcomes = outcomes,
            Exits = [.. TestWorld.Profile.Exits.Select(e => e with { Accuracy = accuracy[e.Id] })],
            Accuracy = [.. TestWorld.Profile.Accuracy.Select(c => c with { Value = accuracy[c.Exit] - (TestWorld.Profile.Exits[c.Exit].Accuracy!.Value - c.Value) })],
        };
    }
}
