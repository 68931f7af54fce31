namespace RlOffload.Training.Distillation;

/// <summary>How well one row of values serves states whose targets sum to a vector: what trees and tables are grown to raise.</summary>
/// <param name="Corrects">
/// False: the row's best plan is played, so the least regret of the states is what their best common plan leaves (the exact loss, where Bastani et al. 2018
/// weigh states by theirs). True: the row corrects the cost model's ranking, and what counts is the squared error that it takes away.
/// </param>
internal readonly record struct Merit(bool Corrects)
{
    /// <param name="sums">Of the targets, by plan.</param>
    public double Of(ReadOnlySpan<double> sums, double states)
    {
        if (states <= 0)
            return 0;
        if (!Corrects)
        {
            var most = double.NegativeInfinity;
            foreach (var sum in sums)
                most = Math.Max(most, sum);
            return most;
        }
        var squares = 0.0;
        foreach (var sum in sums)
            squares += sum * sum;
        return squares / states;
    }
}
