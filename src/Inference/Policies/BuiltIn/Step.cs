namespace RlOffload.Inference.Policies.BuiltIn;

/// <summary>One operator with the memory that it reads and writes. Running it allocates nothing.</summary>
internal abstract class Step
{
    public abstract void Run();
}

/// <summary>z[i] = x[from[i]]: picks, repeats and transposes.</summary>
internal sealed class MoveStep(Value x, int[] from, Value z) : Step
{
    public override void Run()
    {
        var (source, target) = (x.Data, z.Data);
        for (var i = 0; i < from.Length; i++)
            target[i] = source[from[i]];
    }
}

/// <summary>Sums or takes the largest over the middle of [outer, middle, inner].</summary>
internal sealed class ReduceStep(Value x, Value z, int outer, int middle, int inner, bool largest) : Step
{
    public override void Run()
    {
        for (var o = 0; o < outer; o++)
            for (var i = 0; i < inner; i++)
            {
                var at = o * middle * inner + i;
                var sum = largest ? float.NegativeInfinity : 0;
                for (var j = 0; j < middle; j++, at += inner)
                    sum = largest ? MathF.Max(sum, x.Data[at]) : sum + x.Data[at];
                z.Data[o * inner + i] = sum;
            }
    }
}

/// <summary>x - log sum exp x, row by row.</summary>
internal sealed class LogSoftmaxStep(Value x, Value z) : Step
{
    public override void Run()
    {
        var columns = x.Columns;
        for (var row = 0; row < x.Rows; row++)
        {
            var from = x.Data.AsSpan(row * columns, columns);
            var to = z.Data.AsSpan(row * columns, columns);
            var most = float.NegativeInfinity;
            foreach (var number in from)
                most = MathF.Max(most, number);
            var sum = 0f;
            foreach (var number in from)
                sum += MathF.Exp(number - most);
            var log = most + MathF.Log(sum);
            for (var i = 0; i < columns; i++)
                to[i] = from[i] - log;
        }
    }
}
