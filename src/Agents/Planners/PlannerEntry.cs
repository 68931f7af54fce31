using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <param name="Name">As typed after --policy.</param>
/// <param name="TakesBits">Sends 32 bits a number as published, and NAME@BITS fixes another width.</param>
/// <param name="Create">Makes the planner of an order; whatever has to be tuned is tuned here or found in the setup's cache.</param>
/// <param name="IsDiagnostic">Sees what no device can (<see cref="IForesight"/>): it shows where knowledge would help and is no competitor.</param>
/// <param name="NeedsImages">Wants to know how sure each exit is of each image; a profile without that is refused.</param>
public sealed record PlannerEntry(
    string Name, string Description, Func<PlannerOrder, IPolicy> Create, bool TakesBits = false, bool IsDiagnostic = false, bool NeedsImages = false);

/// <param name="Name">As typed, with the width: what the planner calls itself.</param>
/// <param name="Bits">Width of the numbers sent, for planners that do not choose it.</param>
public readonly record struct PlannerOrder(PlannerSetup Setup, string Name, int Bits);
