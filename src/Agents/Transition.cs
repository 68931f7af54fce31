namespace RlOffload.Agents;

/// <summary>What a decision led to, once its own outcome is known. Valid during the call that it is given to.</summary>
/// <param name="lane">Environment that it was made in.</param>
/// <param name="request">Its number in the window.</param>
/// <param name="nextRequest">The request of the next observation; the number of requests for the one that would have come next.</param>
/// <param name="reward">Sum over k of gamma^k times the rewards of the decision and of those after it that the return looks ahead.</param>
/// <param name="discount">gamma^k for the k decisions between the observation and the next.</param>
/// <param name="charges">What the same decisions spend, in budgets' worths (<see cref="BudgetKeeper.Charge"/>); empty without budgets.</param>
public readonly ref struct Transition(
    int lane, int request, int nextRequest, ReadOnlySpan<float> observation, ReadOnlySpan<bool> mask, int action, float reward, float discount,
    ReadOnlySpan<float> nextObservation, ReadOnlySpan<bool> nextMask, ReadOnlySpan<float> charges)
{
    public int Lane { get; } = lane;
    public int Request { get; } = request;
    public int NextRequest { get; } = nextRequest;
    public ReadOnlySpan<float> Observation { get; } = observation;
    public ReadOnlySpan<bool> Mask { get; } = mask;
    public int Action { get; } = action;
    public float Reward { get; } = reward;
    public float Discount { get; } = discount;
    public ReadOnlySpan<float> NextObservation { get; } = nextObservation;
    public ReadOnlySpan<bool> NextMask { get; } = nextMask;
    public ReadOnlySpan<float> Charges { get; } = charges;
}
