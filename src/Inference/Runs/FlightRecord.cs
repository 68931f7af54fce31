using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Inference.Flights;

namespace RlOffload.Inference.Runs;

/// <summary>What is kept of a request after its outcome. Times in s; -1 stands for no class and no exit.</summary>
/// <param name="Predicted">By the device, when it decided.</param>
/// <param name="DecisionSeconds">Of a real clock, as are the head's and the local exit's or branch's.</param>
/// <param name="WireBytes">Handed to the socket, HTTP included; 0 where the message did not leave whole.</param>
/// <param name="MessageBytes">Of them the message: header, grids, codes.</param>
/// <param name="ServerWaited">As the server said.</param>
/// <param name="ServerComputed">As the server said.</param>
/// <param name="LocalExit">Exit that the device answered with.</param>
/// <param name="Way">Of a plan that may leave early: the way that the image went, as far as it came; else -1.</param>
/// <param name="Policy">Hash of the policy that decided, where it has one.</param>
public readonly record struct FlightRecord(
    int Request, int Image, double Arrival, int PlanIndex, OffloadPlan Plan, Prediction Predicted, Outcome Outcome, Reason Reason, int Answer, int LocalExit,
    double DecisionSeconds, double HeadSeconds, double LocalSeconds, long WireBytes, int MessageBytes, double ServerWaited, double ServerComputed,
    int Way = -1, string? Policy = null)
{
    public static FlightRecord Of(Flight f) => new(
        f.Request, f.Image, f.Arrival, f.PlanIndex, f.Plan, f.Predicted, f.Outcome, f.Reason, f.Answer, f.LocalExit,
        f.DecisionSeconds, f.HeadSeconds, f.LocalSeconds, f.WireBytes, f.MessageBytes, f.ServerWaited, f.ServerComputed, f.Way, f.Policy);
}
