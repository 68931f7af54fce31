using System.Text;
using RlOffload.Environment;
using RlOffload.Environment.Plans;

namespace RlOffload.Inference.Runs;

/// <summary>What <see cref="DecisionLog"/> wrote, read again.</summary>
public static class DecisionLogFile
{
    /// <summary>Name of an older part; of part 0 the file itself.</summary>
    internal static string PartOf(string path, int part) => part == 0 ? path : $"{path}.{part}";

    /// <summary>All decisions of the file and its older parts, the oldest first.</summary>
    /// <param name="warn">Told of what was torn or changed and is skipped.</param>
    /// <exception cref="InputException">The file is not there, or is no decision log.</exception>
    public static IReadOnlyList<LoggedDecision> Read(string path, Action<string>? warn = null)
    {
        var decisions = new List<LoggedDecision>();
        var session = -1;
        for (var part = DecisionLog.Parts; part >= 0; part--)
            if (part == 0 || File.Exists(PartOf(path, part)))
                ReadPart(PartOf(path, part), decisions, ref session, warn);
        return decisions;
    }

    private static void ReadPart(string path, List<LoggedDecision> decisions, ref int session, Action<string>? warn)
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(path, "file", $"cannot be read ({e.Message.TrimEnd('.')}); a file that 'rloffload run --log' wrote is needed");
        }
        Require(path, bytes);
        var plans = new Dictionary<int, (OffloadPlan Plan, string Text)>();
        string? policy = null;
        var at = DecisionBytes.HeaderBytes;
        while (DecisionBytes.TryOpen(bytes.AsSpan(at), out var body))
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, at + DecisionBytes.FrameBytes, body.Length, writable: false), Encoding.UTF8);
            if (!Take(reader, plans, decisions, ref session, ref policy))
                break;
            at += DecisionBytes.FrameBytes + body.Length;
        }
        if (at < bytes.Length)
            warn?.Invoke($"{path}: byte {at}: what follows is no whole record; {bytes.Length - at} bytes are skipped");
    }

    /// <returns>False where the record is none that this version writes.</returns>
    private static bool Take(BinaryReader body, Dictionary<int, (OffloadPlan Plan, string Text)> plans, List<LoggedDecision> decisions, ref int session, ref string? policy)
    {
        try
        {
            switch (body.ReadByte())
            {
                case DecisionBytes.Session:
                    if (!body.ReadBoolean() || session < 0)
                        session++;
                    policy = null;
                    return true;
                case DecisionBytes.Policy:
                    policy = body.ReadString();
                    return true;
                case DecisionBytes.Plan:
                    var told = body.ReadInt32();
                    var kind = (PlanKind)body.ReadByte();
                    if (kind > PlanKind.Drop)
                        return false;
                    var plan = new OffloadPlan(kind, body.ReadInt32(), body.ReadInt32(), body.ReadInt32(), body.ReadBoolean());
                    plans[told] = (plan, body.ReadString());
                    return true;
                case DecisionBytes.Decision:
                    var index = body.ReadInt32();
                    if (!plans.TryGetValue(index, out var known))
                        return false;
                    var (record, label, seen) = DecisionBytes.Read(body, index, known.Plan, policy);
                    if (!DecisionBytes.IsMeasurement(record))
                        return false;
                    decisions.Add(new LoggedDecision(session, record, known.Text, label >= 0 ? label : null, seen));
                    return true;
                default:
                    return false;
            }
        }
        // The last two are how a text's length is told to be none.
        catch (Exception e) when (e is EndOfStreamException or FormatException or IOException)
        {
            return false;
        }
    }

    /// <summary>Bytes up to the end of the last whole record; 0 where not even the header is whole.</summary>
    /// <exception cref="InputException">The file is no decision log.</exception>
    internal static long WholeBytes(string path, FileStream file)
    {
        var bytes = new byte[file.Length];
        file.Seek(0, SeekOrigin.Begin);
        file.ReadExactly(bytes);
        if (bytes.Length < DecisionBytes.HeaderBytes)
            return 0;
        Require(path, bytes);
        var at = DecisionBytes.HeaderBytes;
        while (DecisionBytes.TryOpen(bytes.AsSpan(at), out var body))
            at += DecisionBytes.FrameBytes + body.Length;
        return at;
    }

    private static void Require(string path, ReadOnlySpan<byte> bytes)
    {
        if (!DecisionBytes.IsHeader(bytes))
            throw new InputException(path, "header", "is none of a decision log of this version; allowed is a file that 'rloffload run --log' wrote");
    }
}
