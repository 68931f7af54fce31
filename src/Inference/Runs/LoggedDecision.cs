using RlOffload.Environment;

namespace RlOffload.Inference.Runs;

/// <summary>One decision as a log has it.</summary>
/// <param name="Session">Number of the run in the log, from 0.</param>
/// <param name="Plan">The plan's text; <see cref="FlightRecord.Plan"/> has neither its gate nor its clock.</param>
/// <param name="Label">Class of the image where it was known.</param>
/// <param name="Seen">What the device knew when it decided.</param>
public sealed record LoggedDecision(int Session, FlightRecord Record, string Plan, int? Label, Observation Seen);
