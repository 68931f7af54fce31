using RlOffload.Environment;

namespace RlOffload.Training.Config;

/// <summary>Puts what an agent's options say is wrong with them on the config's list of problems.</summary>
internal static class OptionCheck
{
    /// <param name="validated">The check of the options, told file and section to name; throws with all problems.</param>
    public static T Of<T>(ConfigSection s, T options, Func<string, string, T> validated)
    {
        try
        {
            return validated("", "");
        }
        catch (InputException e)
        {
            foreach (var problem in e.Problems)
            {
                var text = problem.TrimStart(':', '.');
                var colon = text.IndexOf(": ", StringComparison.Ordinal);
                if (!s.IsWrong(text[..colon]))
                    s.Refuse(text[..colon], text[(colon + 2)..]);
            }
            return options;
        }
    }
}
