namespace RlOffload.Agents.Planners;

/// <summary>What a splitting layer costs, in units of confidence.</summary>
/// <param name="Costs">Of computing up to each arm's exit; the last arm is the deepest exit.</param>
/// <param name="OffloadCost">o: of sending and of the rest on the server.</param>
/// <param name="Confidence">alpha: who is at least so sure leaves.</param>
/// <param name="Exploration">c of the bound.</param>
/// <param name="SideObservations">Exits before the played one are computed too and tell of their arms.</param>
public sealed record SplitRewards(IReadOnlyList<double> Costs, double OffloadCost, double Confidence, double Exploration = 1, bool SideObservations = false)
{
    /// <summary>SplitEE (Bajpai, Trivedi, Yadav, Hanawal 2023) by its authors' code: lambda = .1 a layer, o = .5, alpha of .7 to .85 by data set.</summary>
    public static SplitRewards SplitEe(int arms, bool sideObservations) =>
        new([.. Enumerable.Range(1, arms).Select(i => 0.1 * i)], 0.5, PublishedGates.SplitConfidence, SideObservations: sideObservations);

    /// <summary>
    /// I-SplitEE (Bajpai, Jaiswal, Hanawal, ICC 2024) by its authors' code: gamma = .1 a block of 19, mu = 1, o = .5, alpha = .5. Their exits follow every third
    /// block of MobileNetV2; here, as an assumption, an exit at a share of the whole network's time lies at that share of the 19 blocks.
    /// </summary>
    /// <param name="depths">Share of the whole network's time up to each arm's exit; the last is 1.</param>
    public static SplitRewards ISplitEe(IReadOnlyList<double> depths) => new([.. depths.Select(d => 0.1 * 19 * d)], 0.5, PublishedGates.ImageSplitConfidence);

    /// <summary>r(i) = C_i - cost_i where sure enough or at the last exit, else C_L - o - cost_i.</summary>
    /// <param name="own">C_i: confidence at the arm's exit.</param>
    /// <param name="final">C_L: confidence of the answer that came instead.</param>
    public double Of(int arm, double own, double final) =>
        own >= Confidence || arm == Costs.Count - 1 ? own - Costs[arm] : final - OffloadCost - Costs[arm];
}

/// <summary>
/// SplitEE's choice of the splitting layer, learned from confidences alone; no label is needed. With side observations (SplitEE-S) every round also tells
/// of the arms before the played one. Where the last exit was not asked, the played exit's confidence stands for its: the paper has the last one's from
/// its data set, which no device has. Of the authors' code two slips are left out: played arms counted several times, and rewards added to all arms ever chosen.
/// </summary>
public sealed class SplitBandit
{
    private readonly UpperConfidenceBandit _bandit;

    public SplitBandit(SplitRewards rewards) => (Rewards, _bandit) = (rewards, new UpperConfidenceBandit(rewards.Costs.Count, rewards.Exploration));

    public SplitRewards Rewards { get; }
    public int Arms => _bandit.Arms;
    public int StateLength => _bandit.StateLength;

    /// <returns>-1 where no arm is allowed.</returns>
    public int Choose(ReadOnlySpan<bool> allowed) => _bandit.Choose(allowed);

    /// <summary>A round of <paramref name="arm"/> is over.</summary>
    /// <param name="confidences">Of the sample at each arm's exit up to the played one; later entries are not looked at.</param>
    /// <param name="final">Confidence of the answer, where the played exit was not sure enough and another answered.</param>
    public void Learn(int arm, ReadOnlySpan<double> confidences, double final)
    {
        var sure = confidences[arm] >= Rewards.Confidence || arm == Arms - 1;
        _bandit.Played(arm, Rewards.Of(arm, confidences[arm], final));
        if (!Rewards.SideObservations)
            return;
        for (var j = 0; j < arm; j++)
            _bandit.Seen(j, Rewards.Of(j, confidences[j], sure ? confidences[arm] : final));
    }

    /// <summary>A round that no answer came of: all was spent for nothing.</summary>
    public void Lost(int arm) => _bandit.Played(arm, -Rewards.Costs[arm] - (arm < Arms - 1 ? Rewards.OffloadCost : 0));

    public double[] Save() => _bandit.Save();

    public void Load(ReadOnlySpan<double> state) => _bandit.Load(state);
}
