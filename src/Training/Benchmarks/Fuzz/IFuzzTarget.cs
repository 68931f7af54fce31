using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Fuzz;

/// <summary>A reader as it is used outside of this bench, and how inputs for it are made.</summary>
internal interface IFuzzTarget : IDisposable
{
    /// <summary>The same draws make the same input, whatever was made or read before.</summary>
    byte[] Make(ref Rng rng);

    /// <summary>Reads the input, and does with what was read what the program would do first.</summary>
    /// <returns>Whether it was accepted; false where it was refused in the way that the reader declares.</returns>
    /// <exception cref="InputException">It was refused, too.</exception>
    /// <exception cref="Exception">Any other: a defect.</exception>
    bool Read(byte[] input);
}
