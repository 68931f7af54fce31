using System.Globalization;
using RlOffload.Environment;

namespace RlOffload.Inference.Remote;

/// <summary>How a server of the Open Inference Protocol calls the tails: {exit} and {split} stand for their numbers, counted from 0, {network} for the network's file name.</summary>
public static class OpenModelName
{
    public const string Default = "{network}_exit{exit}_split{split}";

    /// <exception cref="InputException">Names that tells tails apart need exit and split.</exception>
    public static void Check(string template)
    {
        if (!template.Contains("{exit}", StringComparison.Ordinal) || !template.Contains("{split}", StringComparison.Ordinal))
            throw new InputException("run", "--oip-model", $"is '{template}', allowed is a name with {{exit}} and {{split}}, such as {Default}");
    }

    public static string Of(string template, string network, int exit, int cut) => template.Replace("{network}", network)
        .Replace("{exit}", exit.ToString(CultureInfo.InvariantCulture)).Replace("{split}", cut.ToString(CultureInfo.InvariantCulture));
}
