namespace RlOffload.Agents.Sac;

/// <summary>What one update saw, before it stepped.</summary>
/// <param name="CriticLoss">mean loss of the two critics over the batch.</param>
/// <param name="ActorLoss">mean over states of sum over actions of pi (alpha log pi - Qbar).</param>
/// <param name="Alpha">the temperature.</param>
/// <param name="NormalisedEntropy">mean of H(pi(.|s)) / log |A(s)| over states with a choice, in [0, 1].</param>
/// <param name="MeanQ">mean of Qbar at the actions taken.</param>
public readonly record struct SacMetrics(double CriticLoss, double ActorLoss, double Alpha, double NormalisedEntropy, double MeanQ);
