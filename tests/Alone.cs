namespace RlOffload.Tests;

/// <summary>Tests that no other may run beside: they count what the whole process allocates.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
