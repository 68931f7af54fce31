namespace RlOffload.Inference.Policies.Distilled;

/// <summary>Observations divided into regions, numbered from 0.</summary>
public interface IRegions
{
    PolicyForm Form { get; }
    int Count { get; }

    /// <summary>The region of an observation; a NaN counts as more than every threshold. Allocates nothing.</summary>
    int Find(ReadOnlySpan<float> observation);

    void Write(BinaryWriter writer);
}
