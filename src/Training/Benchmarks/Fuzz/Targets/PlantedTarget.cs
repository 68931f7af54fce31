using System.Diagnostics;
using RlOffload.Environment;

namespace RlOffload.Training.Benchmarks.Fuzz.Targets;

internal enum Planted { Exception, Hang, Death, Overflow, Memory }

/// <summary>Readers with a known defect, which show that this bench would find one: about every eighth input sets it off.</summary>
internal sealed class PlantedTarget(Planted defect) : IFuzzTarget
{
    private const int Share = 8;

    public byte[] Make(ref Rng rng) => [(byte)rng.NextInt(Share), (byte)rng.NextInt(256)];

    public bool Read(byte[] input)
    {
        if (input[0] != 0)
            return input[1] < 128 ? true : throw new InputException("planted", "1", $"is {input[1]}, allowed is 0 to 127");
        switch (defect)
        {
            case Planted.Exception:
                return input[2] == 0;
            case Planted.Hang:
                using (var never = new ManualResetEvent(false))
                    return never.WaitOne();
            case Planted.Death:
                Process.GetCurrentProcess().Kill();
                return true;
            case Planted.Overflow:
                return Deeper(input, 0) > 0;
            default:
                return new byte[256 << 20].Length > 0;
        }
    }

    public void Dispose()
    {
    }

    private static int Deeper(byte[] input, int depth) => depth < 0 ? 0 : Deeper(input, depth + 1) + input[0] + 1;
}
