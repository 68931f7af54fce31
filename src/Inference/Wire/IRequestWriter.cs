using RlOffload.Environment.Plans;
using RlOffload.Inference.Partitions;

namespace RlOffload.Inference.Wire;

/// <summary>How what is sent looks to the server: the project's own messages, or the Open Inference Protocol's. Not safe for several threads at once.</summary>
public interface IRequestWriter
{
    /// <summary>Writes what a plan sends.</summary>
    /// <param name="image">The bytes of the input.</param>
    /// <param name="store">Holds the tensors of the plan's cut.</param>
    /// <param name="message">Made longer where needed; kept by the caller for the next request.</param>
    /// <returns>Its length in bytes; -1 where a tensor cannot be quantised (a NaN, an infinity).</returns>
    int Write(in OffloadPlan plan, ulong request, ReadOnlySpan<byte> image, TensorStore store, ref byte[] message);
}
