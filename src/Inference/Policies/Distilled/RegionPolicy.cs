using System.Text;
using RlOffload.Environment;

namespace RlOffload.Inference.Policies.Distilled;

/// <summary>
/// A policy that looks its logits up: logit[p] = scale[r] * expected reward of p + value[r, p], where r is the region of the observation and the
/// expected rewards are entries of the observation themselves. At scale 0 a region is a ranking of plans; otherwise it corrects the cost model.
/// </summary>
public sealed class RegionPolicy : IPolicyFunction
{
    public const byte Version = 1;
    private const float Forbidden = -1e9f;
    private static readonly byte[] Magic = Encoding.ASCII.GetBytes("RLOP");

    private readonly int _first, _stride;
    private readonly float[] _scales, _values;

    /// <param name="inputs">Length of an observation, n.</param>
    /// <param name="first">Entry that holds the first plan's expected reward, and entries from one plan's to the next.</param>
    /// <param name="scales">[R], a region each.</param>
    /// <param name="values">[R, A].</param>
    public RegionPolicy(IRegions regions, int inputs, int plans, int first, int stride, float[] scales, float[] values)
    {
        (Regions, _first, _stride, _scales, _values) = (regions, first, stride, scales, values);
        (Observation, Mask, Logits) = (new float[inputs], new float[plans], new float[plans]);
    }

    public IRegions Regions { get; }

    /// <summary>Whether a region corrects the cost model's ranking rather than being one.</summary>
    public bool Corrects => _scales.AsSpan().ContainsAnyExcept(0f);

    public float[] Observation { get; }
    public float[] Mask { get; }
    public float[] Prior => [];
    public float[] Logits { get; }

    public void Run()
    {
        var region = Regions.Find(Observation);
        var scale = _scales[region];
        var row = _values.AsSpan(region * Logits.Length, Logits.Length);
        for (var p = 0; p < row.Length; p++)
            Logits[p] = Mask[p] == 0 ? Forbidden : scale * Observation[_first + p * _stride] + row[p];
    }

    /// <summary>One that answers the same in memory of its own.</summary>
    public RegionPolicy Copy() => new(Regions, Observation.Length, Mask.Length, _first, _stride, _scales, _values);

    public void Dispose() { }

    /// <summary>
    /// The file, little-endian: 'RLOP', version u8, form u8, n, A, first and stride i32, the regions, their scales and values f32.
    /// </summary>
    public byte[] ToBytes()
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write((byte)Regions.Form);
        foreach (var header in (ReadOnlySpan<int>)[Observation.Length, Mask.Length, _first, _stride])
            writer.Write(header);
        Regions.Write(writer);
        foreach (var scale in _scales)
            writer.Write(scale);
        foreach (var value in _values)
            writer.Write(value);
        writer.Flush();
        return memory.ToArray();
    }

    /// <exception cref="InputException">It is no such file, or of other observations or plans than the policy.</exception>
    public static RegionPolicy Read(byte[] file, string source, FrozenPolicy policy)
    {
        using var reader = new BinaryReader(new MemoryStream(file, writable: false));
        try
        {
            var read = Read(reader, policy);
            return reader.BaseStream.Position == file.Length ? read : throw new InvalidDataException($"end: holds {file.Length - reader.BaseStream.Position} bytes too many");
        }
        catch (EndOfStreamException)
        {
            throw new InputException(source, "end", $"is missing after {file.Length} bytes; export the policy again");
        }
        catch (InvalidDataException e)
        {
            throw new InputException([$"{source}:{e.Message}"]);
        }
    }

    private static RegionPolicy Read(BinaryReader reader, FrozenPolicy policy)
    {
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
            throw new InvalidDataException("magic: is not 'RLOP'; a file written by 'rloffload distill' is needed");
        if (reader.ReadByte() is var version && version != Version)
            throw new InvalidDataException($"version: is {version}, allowed is {Version}");
        if (reader.ReadByte() is var form && form != (byte)policy.Form)
            throw new InvalidDataException($"form: is {form}, allowed is {(byte)policy.Form} ({policy.Form}) of {FrozenPolicyFile.Description}");
        var (inputs, plans, first, stride) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        if (inputs != policy.Observation.Count || plans != policy.Plans.Count)
            throw new InvalidDataException($"shape: is {inputs} observations and {plans} plans, allowed are {policy.Observation.Count} and {policy.Plans.Count}");
        if (first < 0 || stride < 1 || first + (long)stride * (plans - 1) >= inputs)
            throw new InvalidDataException($"first: expected rewards begin at {first}, {stride} apart, allowed is inside of {inputs} entries");
        IRegions regions = policy.Form == PolicyForm.Tree ? DecisionTree.Read(reader, inputs) : LookupTable.Read(reader, inputs);
        // Before memory is taken for them.
        if (reader.BaseStream.Length - reader.BaseStream.Position < 4L * regions.Count * (plans + 1))
            throw new EndOfStreamException();
        return new RegionPolicy(regions, inputs, plans, first, stride, Floats(reader, regions.Count, "scales"), Floats(reader, regions.Count * plans, "values"));
    }

    private static float[] Floats(BinaryReader reader, int count, string name)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            if (!float.IsFinite(values[i] = reader.ReadSingle()))
                throw new InvalidDataException($"{name}[{i}]: is {values[i]}, allowed is a finite number");
        return values;
    }
}
