namespace RlOffload.Environment;

/// <summary>
/// A diagnostic: a policy that sees what no device can. Whoever plays it calls <see cref="Foresee"/> after each reset of the environment
/// and before <see cref="IPolicy.Begin"/>.
/// </summary>
public interface IForesight
{
    /// <param name="world">The environment that is played. It may be forked and read, never stepped or reset.</param>
    void Foresee(OffloadEnvironment world);
}
