namespace RlOffload.Agents.Planners;

/// <param name="Plan">Of the table, or -1 where none can play it.</param>
internal readonly record struct FoundPartition(int Plan, StageTimes Stages);

/// <summary>
/// DADS' two searches (Hu et al., INFOCOM 2019). DSL, for light load, is the partition of least T_e + T_t + T_c. DSH, for heavy load, looks for the least max(T_e, T_t, T_c),
/// which is NP-hard, among the partitions of least alpha T_e + T_t + gamma T_c: within three times the optimum, since alpha = gamma = 1 is tried. The paper walks a square of
/// weights in steps of 1 and refines; that is up to millions of cuts where devices are hundreds of times slower than servers, so here the weights are powers: a grid of
/// 1/16 to 16 in steps of 4, then around the best in steps of 2, of its root and so on until a step gains less than a hundredth.
/// </summary>
/// <param name="reduced">A smaller graph with the same smallest cuts where T_c weighs at most <paramref name="ratio"/> times T_e; null: none.</param>
internal sealed class PartitionSearch(GraphCut whole, CutPlans wholePlans, GraphCut? reduced = null, CutPlans? reducedPlans = null, double ratio = 0)
{
    private const double Step = 4, Gain = 0.01;
    private const int Reach = 2, Refinements = 5;

    public FoundPartition Light(in CutConditions c) => Solve(c, 1, 1);

    public FoundPartition Heavy(in CutConditions c)
    {
        // A round trip holds no station.
        var stages = c with { RoundTrip = 0 };
        var (alpha, gamma) = (1.0, 1.0);
        var best = Solve(stages, alpha, gamma);
        Around(stages, Step, Reach, ref alpha, ref gamma, ref best);
        var step = Step;
        for (var r = 0; r < Refinements; r++)
        {
            step = Math.Sqrt(step);
            var before = best.Stages.Longest;
            Around(stages, step, 1, ref alpha, ref gamma, ref best);
            if (!(best.Stages.Longest < (1 - Gain) * before))
                break;
        }
        return best;
    }

    private void Around(in CutConditions c, double step, int reach, ref double alpha, ref double gamma, ref FoundPartition best)
    {
        var (a, g) = (alpha, gamma);
        for (var i = -reach; i <= reach; i++)
            for (var j = -reach; j <= reach; j++)
            {
                double tryAlpha = a * Math.Pow(step, i), tryGamma = g * Math.Pow(step, j);
                if (Solve(c, tryAlpha, tryGamma) is var found && found.Stages.Longest < best.Stages.Longest)
                    (best, alpha, gamma) = (found, tryAlpha, tryGamma);
            }
    }

    private FoundPartition Solve(in CutConditions c, double alpha, double gamma)
    {
        var small = reduced is not null && gamma * c.Load <= ratio * alpha * c.Slowdown;
        var (cut, plans) = small ? (reduced!, reducedPlans!) : (whole, wholePlans);
        cut.Solve(c, alpha, gamma);
        return new(plans.Of(cut.OnEdge), cut.Stages(c));
    }
}
