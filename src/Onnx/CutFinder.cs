namespace RlOffload.Onnx;

/// <summary>
/// Finds the cuts of a network. Per exit the graph is restricted to what that exit needs, and the prefixes of the graph's one topological
/// order are walked; what crosses from prefix to suffix is the cut. Every single-tensor bottleneck is found in any such order, because
/// all other nodes then lie before or behind it. Constants never cross: both sides have them.
/// </summary>
public static class CutFinder
{
    /// <param name="exits">Per exit its output tensors, from the shallowest exit to the deepest.</param>
    /// <param name="maxLive">Prefixes crossed by more tensors than this are no cuts.</param>
    /// <returns>By depth; first the model's input. The same tensors found for several exits are one cut.</returns>
    /// <exception cref="InvalidDataException">An exit does not depend on the model's input, or two exits are the same.</exception>
    public static IReadOnlyList<Cut> Find(GraphView graph, IReadOnlyList<IReadOnlyList<string>> exits, int maxLive = 4)
    {
        var found = new Dictionary<string, Draft>(StringComparer.Ordinal);
        Note(found, graph, 0, graph.Inputs.Select(v => v.Name));
        for (var exit = 0; exit < exits.Count; exit++)
            Walk(graph, exits[exit], exit, maxLive, found);
        return [.. found.Values.OrderBy(d => d.Depth).ThenBy(d => d.Order)
            .Select(d => new Cut(d.Depth, d.Depth == 0 ? "input" : graph.NameOf(d.Depth - 1), d.Tensors, d.Exits, d.LocalOf))];
    }

    private static void Walk(GraphView graph, IReadOnlyList<string> outputs, int exit, int maxLive, Dictionary<string, Draft> found)
    {
        var needed = graph.Ancestors(outputs);
        var nodes = Enumerable.Range(0, graph.Nodes.Count).Where(i => needed[i] && !graph.IsConstantNode(i)).ToList();
        if (outputs.Count == 0 || outputs.Any(graph.IsConstant) || outputs.Any(o => graph.Producer(o) < 0))
            throw new InvalidDataException(
                $"{graph.Model.Source}:graph.output '{string.Join(",", outputs)}': "
                + "is not computed from the model's input, so it cannot be an exit");

        // How many nodes (and the answer itself) still wait for each tensor.
        var waiting = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var tensor in nodes.SelectMany(graph.Reads).Where(t => !graph.IsConstant(t)).Concat(outputs))
            waiting[tensor] = waiting.GetValueOrDefault(tensor) + 1;
        var live = new HashSet<string>(graph.Inputs.Select(v => v.Name).Where(waiting.ContainsKey), StringComparer.Ordinal);

        found.Values.First().Exits.Add(exit);
        foreach (var node in nodes)
        {
            live.UnionWith(graph.Writes(node).Where(waiting.ContainsKey));
            foreach (var read in graph.Reads(node).Where(t => !graph.IsConstant(t)))
                if (--waiting[read] == 0)
                    live.Remove(read);
            var last = node == nodes[^1];
            if (!last && live.Count > maxLive)
                continue;
            var cut = Note(found, graph, node + 1, live);
            if (last && cut.LocalOf.Count > 0)
                throw new InvalidDataException($"{graph.Model.Source}:graph.output: exits {cut.LocalOf[0]} and {exit} are the same tensors");
            var users = last ? cut.LocalOf : cut.Exits;
            if (!users.Contains(exit))
                users.Add(exit);
        }
    }

    private static Draft Note(Dictionary<string, Draft> found, GraphView graph, int depth, IEnumerable<string> live)
    {
        var tensors = live.OrderBy(graph.Producer).ThenBy(t => t, StringComparer.Ordinal).ToList();
        var key = string.Join('\0', tensors);
        if (!found.TryGetValue(key, out var draft))
            found[key] = draft = new Draft(found.Count, depth, tensors);
        return draft;
    }

    private sealed record Draft(int Order, int Depth, IReadOnlyList<string> Tensors)
    {
        public List<int> Exits { get; } = [];
        public List<int> LocalOf { get; } = [];
    }
}
