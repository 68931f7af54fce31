using System.Text;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Fuzz.Mutations;

/// <summary>
/// One change of a text in JSON, YAML or columns that leaves most of it readable: a word, number, string or line is replaced by one that readers get wrong, taken
/// out, doubled or exchanged; brackets are nested deep; strings become long.
/// </summary>
internal static class TextEdits
{
    private const int Deepest = 20_000;

    private static readonly byte[][] Words = [.. ((string[])
    [
        "0", "-0", "-1", "1", "2", "0.5", "1e308", "-1e308", "1e-320", "1e999", "NaN", "\"NaN\"", "Infinity", "\"Infinity\"", "-Infinity", ".inf", ".nan", "2147483647", "2147483648",
        "-2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e18", "0x10", "1_000", "00", "1.", "+1", "null", "true", "false", "~", "[]",
        "{}", "\"\"", "''", "[null]", "[[]]", "{\"a\":1}", "a: b", "- a", "&x", "*x", "!!binary", "|", ">", "---", "...", "#", "?", ",", ":", "\t", "\r\n", " ", "\0", "\uFEFF", "\u2028",
        "\"\\ud800\"", "\"\\u0000\"", "../../../../etc/passwd", "/dev/zero", "a\0b", "é", "\U0001F600", "%s%n", "1,2", "1 2", "-", "2021-01-24 12:18:48.5", "9999-12-31 23:59:59", "*", "?",
    ]).Select(Encoding.UTF8.GetBytes)];

    private static readonly string[] Openers = ["[", "{\"a\":", "{a: ", "- ", "? ", "\n- ", "!x ", "[*x, ", "&x [", "\"", "(", "a: {", "[{\"name\":"];

    public static byte[] Edit(byte[] text, byte[] other, ref Rng rng)
    {
        var tokens = Tokens(text);
        if (tokens.Count == 0 || rng.NextInt(8) == 0)
            return ByteEdits.Edit(text, other, ref rng);
        var token = tokens[rng.NextInt(tokens.Count)];
        var second = tokens[rng.NextInt(tokens.Count)];
        switch (rng.NextInt(16))
        {
            case 0 or 1 or 2 or 3 or 4:
                return With(text, token, Words[rng.NextInt(Words.Length)]);
            case 5:
                return With(text, token, []);
            case 6:
                return With(text, token, [.. text[token], (byte)' ', .. text[token]]);
            case 7:
                return With(text, token, text[second]);
            case 8:
                var theirs = Tokens(other);
                return theirs.Count == 0 ? text : With(text, token, other[theirs[rng.NextInt(theirs.Count)]]);
            case 9:
                return With(text, Line(text, token), []);
            case 10:
                var line = Line(text, token);
                return With(text, line, [.. text[line], .. text[line]]);
            case 11:
                var (a, b) = (Line(text, token), Line(text, second));
                return With(With(text, a, text[b]), b.Start.Value < a.Start.Value ? b : a, text[b]);
            case 12:
                return With(text, token, Nested(ref rng));
            case 13:
                return With(text, token, Long(text[token], ref rng));
            case 14:
                return With(text, token, Near(text[token], ref rng));
            default:
                return With(text, token.Start.Value..token.Start.Value, Bomb(ref rng));
        }
    }

    /// <summary>Runs of letters and digits with what belongs to a number, strings with their quotes, and single signs.</summary>
    private static List<Range> Tokens(ReadOnlySpan<byte> text)
    {
        var tokens = new List<Range>();
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            if (text[i] is (byte)'"' or (byte)'\'')
            {
                var quote = text[i++];
                while (i < text.Length && text[i] != quote && text[i] != '\n')
                    i++;
                i = Math.Min(i + 1, text.Length);
            }
            else if (IsWord(text[i]))
            {
                while (i < text.Length && IsWord(text[i]))
                    i++;
            }
            else if (text[i++] is (byte)' ' or (byte)'\n' or (byte)'\r')
            {
                continue;
            }
            tokens.Add(start..i);
        }
        return tokens;
    }

    private static bool IsWord(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'+' or >= 128;

    private static Range Line(byte[] text, Range token)
    {
        var start = Array.LastIndexOf(text, (byte)'\n', Math.Max(0, token.Start.Value - 1)) + 1;
        var end = Array.IndexOf(text, (byte)'\n', Math.Min(token.End.Value, text.Length - 1));
        return Math.Min(start, token.Start.Value)..(end < 0 ? text.Length : end + 1);
    }

    private static byte[] With(byte[] text, Range at, byte[] with) => ByteEdits.Join(text[..Math.Min(at.Start.Value, text.Length)], with, text[Math.Min(at.End.Value, text.Length)..]);

    private static byte[] Nested(ref Rng rng)
    {
        var opener = Openers[rng.NextInt(Openers.Length)];
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(opener, 1 + rng.NextInt(rng.NextInt(3) == 0 ? Deepest : 100))));
    }

    private static byte[] Long(byte[] token, ref Rng rng)
    {
        var inner = token.Length > 1 && token[0] == '"' ? token[1..^1] : token;
        var many = Enumerable.Repeat(inner.Length == 0 ? [(byte)'x'] : inner, 1 + rng.NextInt(3000)).SelectMany(t => t).Take(1 << 16).ToArray();
        return inner.Length < token.Length ? [(byte)'"', .. many, (byte)'"'] : many;
    }

    /// <summary>The same number with another digit, sign or power.</summary>
    private static byte[] Near(byte[] token, ref Rng rng)
    {
        var near = (byte[])token.Clone();
        var digit = Array.FindIndex(near, c => char.IsAsciiDigit((char)c));
        if (digit < 0)
            return [.. token, .. "x"u8];
        switch (rng.NextInt(4))
        {
            case 0:
                near[digit] = (byte)('0' + rng.NextInt(10));
                return near;
            case 1:
                return [(byte)'-', .. token];
            case 2:
                return [.. token, .. Encoding.UTF8.GetBytes($"e{rng.NextInt(700) - 350}")];
            default:
                return [.. token, .. "0000000000"u8[..rng.NextInt(10)]];
        }
    }

    /// <summary>Few lines that stand for very many: anchors of YAML that are used again and again.</summary>
    private static byte[] Bomb(ref Rng rng)
    {
        if (rng.NextInt(2) == 0)
            return "&x [*x, *x]\n"u8.ToArray();
        var text = new StringBuilder("\nb0: &b0 [x, x]\n");
        for (var i = 1; i < 5 + rng.NextInt(40); i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"b{i}: &b{i} [*b{i - 1}, *b{i - 1}, *b{i - 1}]\n");
        return Encoding.UTF8.GetBytes(text.ToString() + (rng.NextInt(2) == 0 ? "? *b4\n: 1\n" : ""));
    }
}
