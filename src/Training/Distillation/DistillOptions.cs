using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Policies.Distilled;

namespace RlOffload.Training.Distillation;

/// <param name="Form">Tree or table.</param>
/// <param name="Size">Most leaves, or most cells.</param>
/// <param name="States">States to learn from, over all rounds.</param>
/// <param name="Rounds">The teacher plays the first, the student of the round before each other one.</param>
/// <param name="Windows">Validation windows that teacher and student are compared on.</param>
/// <param name="Seed">Of the windows that are learned from.</param>
public sealed record DistillOptions(PolicyForm Form, int Size = 256, int States = 24_000, int Rounds = 4, int Windows = 24, ulong Seed = 1)
{
    /// <summary>Fewest states that a leaf is made of.</summary>
    public const int LeastStates = 20;

    /// <exception cref="InputException">Something is out of range; says all of it.</exception>
    public DistillOptions Validated()
    {
        var most = Form == PolicyForm.Tree ? DecisionTree.MostLeaves : LookupTable.MostCells;
        List<string> problems = [];
        void Require(bool holds, string option, object value, string allowed)
        {
            if (!holds)
                problems.Add(FormattableString.Invariant($"distill:--{option}: is {value}, allowed is {allowed}"));
        }
        Require(Form != PolicyForm.Onnx, "to", "onnx", "tree or table; 'rloffload export' writes the graph");
        Require(Size >= 1 && Size <= most, "size", Size, $"1 to {most}");
        Require(Rounds is >= 1 and <= 100, "rounds", Rounds, "1 to 100");
        Require(States >= Rounds * 100 && States <= 1_000_000, "states", States, $"{Rounds * 100} (100 a round) to 1000000");
        Require(Windows is >= 2 and <= 10_000, "windows", Windows, "2 to 10000");
        return problems.Count == 0 ? this : throw new InputException(problems);
    }
}
