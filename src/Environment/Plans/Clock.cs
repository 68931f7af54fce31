using System.Globalization;

namespace RlOffload.Environment.Plans;

/// <summary>
/// A clock below the profile's, to which the device is set while it computes a request's head or local answer: slower and, if it is any good, with fewer
/// joules. The branch that saves a late request runs at the profile's clock, because by then there is no time left to spare.
/// </summary>
/// <param name="Hertz">Of the processor; names the clock.</param>
/// <param name="TimeFactor">Device time over that at the profile's clock; above 1.</param>
/// <param name="ActiveWatts">Of the device while it computes at this clock.</param>
public sealed record Clock(double Hertz, double TimeFactor, double ActiveWatts)
{
    /// <summary>Such as 110MHz.</summary>
    public override string ToString() => (Hertz / 1e6).ToString("0.####", CultureInfo.InvariantCulture) + "MHz";
}
