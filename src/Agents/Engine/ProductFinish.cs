namespace RlOffload.Agents.Engine;

/// <summary>What is done to a product's sums before they are stored.</summary>
internal enum Finish
{
    /// <summary>Something is added: a layer's bias, or what there is of a gradient.</summary>
    Add,

    /// <summary>max(sum + bias, 0).</summary>
    AddRelu,

    /// <summary>Times 1 where something is positive, else 0: what a gradient becomes on its way through ReLU.</summary>
    Gate,
}

/// <summary>A product and the elementwise operators behind it that one kernel computes with it: what it saves is to read and write the result once or twice more.</summary>
/// <param name="Result">The last of them, whose value the kernel gives; those before it are never seen.</param>
/// <param name="Beside">The other operand, known before the product: one row or as many as the product has.</param>
internal sealed record ProductFinish(Tensor Product, Tensor Result, Finish Finish, Tensor Beside)
{
    /// <summary>Those of a graph, no node in two of them.</summary>
    public static IEnumerable<ProductFinish> Of(Graph graph, bool[] needed)
    {
        var readers = graph.Nodes.Select(_ => new List<Tensor>()).ToArray();
        foreach (var node in graph.Nodes.Where(n => needed[n.Id]))
            foreach (var input in node.Inputs)
                readers[input.Id].Add(node);
        var kept = graph.Outputs.Concat(graph.Updates.Select(u => u.Value)).ToHashSet();
        // Where only one operator sees a value, it need not exist by itself. What updates a parameter may take the parameter's memory, which the product still reads.
        Tensor? OnlyReader(Tensor node) =>
            !kept.Contains(node) && readers[node.Id] is [var reader] && !graph.Updates.Any(u => u.Value == reader) ? reader : null;

        foreach (var product in graph.Nodes.Where(n => needed[n.Id] && n.Rows > 1 && n.Op is Op.MatMul or Op.MatMulNT or Op.MatMulTN))
        {
            if (OnlyReader(product) is not { Op: Op.Add or Op.Mul } next || (next.Rows, next.Columns) != (product.Rows, product.Columns))
                continue;
            var other = next.Inputs[0] == product ? next.Inputs[1] : next.Inputs[0];
            if (next.Op == Op.Add && IsBeside(other))
                yield return OnlyReader(next) is { Op: Op.Relu } relu ? new(product, relu, Finish.AddRelu, other) : new(product, next, Finish.Add, other);
            else if (next.Op == Op.Mul && other.Op == Op.Step && OnlyReader(other) == next && IsBeside(other.Inputs[0]))
                yield return new(product, next, Finish.Gate, other.Inputs[0]);

            bool IsBeside(Tensor x) => x != product && x.Columns == product.Columns && (x.Rows == 1 || x.Rows == product.Rows) && (x.Storage is not null || x.Id < product.Id);
        }
    }

    /// <summary>What is not computed by itself: all from the product's reader on to the result.</summary>
    public IEnumerable<Tensor> Absorbed => Finish switch
    {
        Finish.AddRelu => [Result.Inputs[0], Result],
        Finish.Gate => [Result.Inputs[0] == Product ? Result.Inputs[1] : Result.Inputs[0], Result],
        _ => [Result],
    };
}
