using RlOffload.Training.Config;

namespace RlOffload.Tests.Training.Config;

public sealed class NearestKeyTests
{
    private static readonly string[] Known = ["mean_gap_s", "memory_mb", "burst_factor", "calm_factor", "kind", "file"];

    [Theory]
    [InlineData("mean_gap_ms", "mean_gap_s")]
    [InlineData("mean_gap", "mean_gap_s")]
    [InlineData("memory_bytes", "memory_mb")]
    [InlineData("Kind", "kind")]
    [InlineData("burst_facto", "burst_factor")]
    [InlineData("flie", "file")]
    [InlineData("deadline_s", null)]
    [InlineData("x", null)]
    public void IsTheKeyThatWasMeantOrNone(string key, string? nearest) => Assert.Equal(nearest, NearestKey.Of(key, Known));

    [Fact]
    public void AKeyThatIsFarTooLongIsNoSlip() => Assert.Null(NearestKey.Of(new string('k', 1 << 20), Known));

    [Fact]
    public void NothingIsNearWhereNothingIsKnown() => Assert.Null(NearestKey.Of("kind", []));
}
