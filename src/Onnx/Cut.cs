namespace RlOffload.Onnx;

/// <summary>A place where the network can be split: the set of tensors that the part before it hands to the part after it.</summary>
/// <param name="Depth">Position of the last node of the prefix in topological order, from 1; 0 for the model's input.</param>
/// <param name="After">Name of the last node of the prefix; "input" for the model's input.</param>
/// <param name="Tensors">In the order in which they are made.</param>
/// <param name="Exits">The exits that can be computed from these tensors and are not yet computed.</param>
/// <param name="LocalOf">The exits whose own outputs these tensors are: nothing is left to compute.</param>
public sealed record Cut(int Depth, string After, IReadOnlyList<string> Tensors, IReadOnlyList<int> Exits, IReadOnlyList<int> LocalOf);
