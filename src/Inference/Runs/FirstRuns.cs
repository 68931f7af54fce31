using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Runs;

/// <summary>The first runs of anything are slow for reasons that are nobody's plan: policy, heads, tails and codec run once before requests come.</summary>
internal static class FirstRuns
{
    private const int Decisions = 200;

    /// <param name="prepared">By plan, whether its parts are open.</param>
    /// <param name="image">Writes the bytes of some image.</param>
    public static void Make(DeployedPolicy policy, CostModel model, FlightPool pool, IRequestWriter writer, bool[] prepared, FillImage image)
    {
        Decide(policy, model);
        Compute(model, pool, writer, prepared, image);
    }

    public static void Decide(DeployedPolicy policy, CostModel model)
    {
        var observation = ObservationJson.Fresh(model.Scenario);
        var mask = model.Table.Runnable.ToArray();
        for (var i = 0; i < Decisions; i++)
            policy.Decide(observation, mask);
    }

    private static void Compute(CostModel model, FlightPool pool, IRequestWriter writer, bool[] prepared, FillImage image)
    {
        var flight = pool.Take();
        flight.Begin(0, 0, 0, 1);
        image(0, flight.Pixels);
        foreach (var plan in model.Table.Plans.Plans.Where((_, p) => prepared[p]))
            Compute(plan, flight, writer);
        pool.Release(flight);
    }

    /// <summary>Computes and packs what the plan asks of the device, and what takes over where its answer is late.</summary>
    public static void Compute(OffloadPlan plan, Flight flight, IRequestWriter writer)
    {
        if (plan.Kind == PlanKind.Local)
            flight.Store!.RunWhole(plan.Exit);
        if (plan.Kind != PlanKind.Split)
            return;
        flight.Store!.RunHead(plan.Cut);
        flight.Store.RunTail(plan.Exit, plan.Cut);
        writer.Write(plan, 0, flight.Pixels, flight.Store, ref flight.Message);
    }
}
