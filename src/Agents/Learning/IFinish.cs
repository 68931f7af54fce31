using System.Numerics;

namespace RlOffload.Agents.Learning;

/// <summary>What becomes of a product's sums before they are stored, so that they need not be read again for it.</summary>
internal interface IFinish
{
    /// <summary>Whether a finish depends on anything beside the sum.</summary>
    static abstract bool Reads { get; }

    static abstract Vector<float> Of(Vector<float> sum, Vector<float> beside);
}

/// <summary>They stay as they are.</summary>
internal readonly struct AsSummed : IFinish
{
    public static bool Reads => false;
    public static Vector<float> Of(Vector<float> sum, Vector<float> beside) => sum;
}

/// <summary>Something is added: a layer's bias, or what there is of a gradient.</summary>
internal readonly struct Added : IFinish
{
    public static bool Reads => true;
    public static Vector<float> Of(Vector<float> sum, Vector<float> beside) => sum + beside;
}

/// <summary>max(sum + bias, 0).</summary>
internal readonly struct AddedRectified : IFinish
{
    public static bool Reads => true;
    public static Vector<float> Of(Vector<float> sum, Vector<float> bias) => Vector.Max(sum + bias, Vector<float>.Zero);
}

/// <summary>Times 1 where what ReLU gave is positive, else times 0: its gradient.</summary>
internal readonly struct Gated : IFinish
{
    public static bool Reads => true;

    public static Vector<float> Of(Vector<float> sum, Vector<float> rectified) =>
        sum * Vector.ConditionalSelect(Vector.GreaterThan(rectified, Vector<float>.Zero), Vector<float>.One, Vector<float>.Zero);
}
