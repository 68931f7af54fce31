using RlOffload.Environment;
using RlOffload.Inference.Policies.BuiltIn;

namespace RlOffload.Tests.Inference.Policies.BuiltIn;

public sealed class ProductStepTests
{
    /// <summary>Around every edge: fewer columns than a vector has, 1 to 8 vectors a block, several blocks.</summary>
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 1, 5, 3 }, { 1, 24, 16 }, { 3, 7, 17 }, { 2, 9, 40 }, { 1, 12, 56 }, { 4, 3, 72 }, { 1, 200, 128 }, { 1, 128, 200 }, { 2, 3, 333 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Every_number_is_summed_in_order_whether_its_weights_are_packed_or_not(int m, int k, int n)
    {
        var (x, y) = (Noise(m, k, 1), Noise(k, n, 2));
        Value loose = Value.New([m, n]), packed = Value.New([m, n]);
        new ProductStep(x, y, loose, null).Run();
        new ProductStep(x, y, packed, new PackedWeights(y)).Run();
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++)
            {
                var sum = 0f;
                for (var t = 0; t < k; t++)
                    sum = MathF.FusedMultiplyAdd(x.Data[i * k + t], y.Data[t * n + j], sum);
                Assert.Equal(sum, loose.Data[i * n + j]);
                Assert.Equal(sum, packed.Data[i * n + j]);
            }
    }

    [Fact]
    public void No_vector_of_columns_is_left_alone()
    {
        for (var columns = 1; columns < 500; columns++)
        {
            var blocks = ColumnBlock.Of(columns);
            var next = 0;
            foreach (var block in blocks)
            {
                Assert.Equal(next, block.Column);
                Assert.InRange(block.Vectors, blocks.Length == 1 ? 1 : 4, 8);
                next += block.Vectors * System.Numerics.Vector<float>.Count;
            }
            Assert.InRange(next - columns, 0, System.Numerics.Vector<float>.Count - 1);
        }
    }

    private static Value Noise(int rows, int columns, ulong seed)
    {
        var value = Value.New([rows, columns], isConstant: true);
        var rng = new Rng(seed);
        foreach (ref var number in value.Data.AsSpan(0, value.Count))
            number = (float)rng.NextGaussian();
        return value;
    }
}
