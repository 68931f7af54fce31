using RlOffload.Environment;

namespace RlOffload.Agents;

/// <summary>What is wrong with an agent's options, collected so that all of it is told at once, each named <paramref name="file"/>:<paramref name="section"/>.option.</summary>
internal sealed class OptionProblems(string file, string section)
{
    private readonly List<string> _found = [];

    public void Require(bool holds, string key, object value, string allowed)
    {
        if (!holds)
            _found.Add(FormattableString.Invariant($"{file}:{section}.{key}: is {value}, allowed is {allowed}"));
    }

    /// <exception cref="InputException">Something is wrong; says all of it.</exception>
    public T Checked<T>(T options) => _found.Count == 0 ? options : throw new InputException(_found);
}
