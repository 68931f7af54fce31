namespace RlOffload.Agents.Diffusion;

/// <summary>The variance-preserving noise schedule of D2SAC (after Song et al. 2021), in double. Index 0 is step t = 1, the last to be denoised.</summary>
public sealed class VpSchedule
{
    public VpSchedule(int steps, double betaMin, double betaMax)
    {
        Beta = new double[steps];
        AlphaBar = new double[steps];
        for (int i = 0, t = 1; i < steps; i++, t++)
        {
            Beta[i] = 1 - Math.Exp(-betaMin / steps - 0.5 * (betaMax - betaMin) * (2 * t - 1) / ((double)steps * steps));
            AlphaBar[i] = (1 - Beta[i]) * Previous(i);
        }
    }

    public double[] Beta { get; }

    /// <summary>Product of 1 - beta up to and with this step.</summary>
    public double[] AlphaBar { get; }

    /// <summary>x_0 = this x_t - <see cref="NoiseToStart"/> eps</summary>
    public double StateToStart(int i) => Math.Sqrt(1 / AlphaBar[i]);

    public double NoiseToStart(int i) => Math.Sqrt(1 / AlphaBar[i] - 1);

    /// <summary>Mean of x_{t-1} given x_t and x_0: this x_0 + <see cref="StateWeight"/> x_t</summary>
    public double StartWeight(int i) => Beta[i] * Math.Sqrt(Previous(i)) / (1 - AlphaBar[i]);

    public double StateWeight(int i) => (1 - Previous(i)) * Math.Sqrt(1 - Beta[i]) / (1 - AlphaBar[i]);

    /// <summary>Standard deviation of x_{t-1} given x_t and x_0; 0 at the last step.</summary>
    public double Deviation(int i) => Math.Sqrt(Beta[i] * (1 - Previous(i)) / (1 - AlphaBar[i]));

    private double Previous(int i) => i == 0 ? 1 : AlphaBar[i - 1];
}
