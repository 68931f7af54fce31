namespace RlOffload.Agents.Learning;

/// <summary>
/// The three matrix products of a dense layer. The result is overwritten; its padding becomes zero where the operands' padding is.
/// An implementation may own scratch memory: one learner, one instance, one thread.
/// </summary>
public interface IMatrixProduct
{
    /// <summary>c [m,n] = a [m,k] b [k,n]: the forward pass, Y = X W.</summary>
    void NN(in Matrix a, in Matrix b, in Matrix c);

    /// <summary>c [m,n] = a [m,k] b^T with b [n,k]: the gradient of the input, dX = dY W^T.</summary>
    void NT(in Matrix a, in Matrix b, in Matrix c);

    /// <summary>c [m,n] = a^T b with a [k,m], b [k,n]: the gradient of the weights, dW = X^T dY.</summary>
    void TN(in Matrix a, in Matrix b, in Matrix c);
}
