using RlOffload.Environment;

namespace RlOffload.Agents.Planners;

/// <param name="Population">Members of a generation; with at least as many as there are choices, all of the front has room.</param>
/// <param name="Mutation">Share of children that are a fresh draw; as many again move by one.</param>
public readonly record struct Nsga2Options(int Population, int Generations, double Mutation)
{
    public static Nsga2Options Default => new(60, 30, 0.2);
}

/// <summary>
/// NSGA-II (Deb et al., IEEE TEC 2002) over one whole number, the place of a split: fast non-dominated sorting, crowding distance, binary tournaments, elitism. Children are blends of
/// their parents' places (BLX-0.5), mutated. A generation holds each place at most once, since a second copy tells nothing. All objectives are minimised.
/// </summary>
public static class Nsga2
{
    /// <param name="objectives">A row of numbers a choice.</param>
    /// <returns>The choices of the last generation that no other of it dominates, rising.</returns>
    public static int[] Front(IReadOnlyList<double[]> objectives, Nsga2Options options, ref Rng rng)
    {
        if (objectives.Count == 0)
            return [];
        var members = new List<int>();
        for (var i = 0; i < options.Population; i++)
            Add(members, rng.NextInt(objectives.Count));
        var (rank, crowding) = (new int[objectives.Count], new double[objectives.Count]);
        Sort(objectives, members, rank, crowding);
        for (var generation = 0; generation < options.Generations; generation++)
        {
            var both = new List<int>(members);
            for (var child = 0; child < options.Population; child++)
            {
                int a = Tournament(members, rank, crowding, ref rng), b = Tournament(members, rank, crowding, ref rng);
                Add(both, Mutated((int)Math.Round(a + (2 * rng.NextDouble() - 0.5) * (b - a)), objectives.Count, options.Mutation, ref rng));
            }
            Sort(objectives, both, rank, crowding);
            members = [.. both.OrderBy(m => rank[m]).ThenByDescending(m => crowding[m]).ThenBy(m => m).Take(options.Population)];
        }
        return [.. members.Where(m => !members.Exists(o => Dominates(objectives[o], objectives[m]))).Order()];
    }

    /// <summary>Nowhere worse and somewhere better.</summary>
    internal static bool Dominates(double[] a, double[] b)
    {
        var better = false;
        for (var k = 0; k < a.Length; k++)
        {
            if (a[k] > b[k])
                return false;
            better |= a[k] < b[k];
        }
        return better;
    }

    private static void Add(List<int> members, int member)
    {
        if (!members.Contains(member))
            members.Add(member);
    }

    private static int Tournament(List<int> members, int[] rank, double[] crowding, ref Rng rng)
    {
        int a = members[rng.NextInt(members.Count)], b = members[rng.NextInt(members.Count)];
        return rank[a] < rank[b] || (rank[a] == rank[b] && crowding[a] >= crowding[b]) ? a : b;
    }

    private static int Mutated(int place, int count, double share, ref Rng rng)
    {
        var luck = rng.NextDouble();
        return luck < share ? rng.NextInt(count) : Math.Clamp(luck < 2 * share ? place + 2 * rng.NextInt(2) - 1 : place, 0, count - 1);
    }

    /// <summary>Rank 0 is the front, rank 1 the front without it, and so on; crowding is the room between a member's neighbours in its rank.</summary>
    private static void Sort(IReadOnlyList<double[]> objectives, List<int> members, int[] rank, double[] crowding)
    {
        var left = new List<int>(members);
        for (var level = 0; left.Count > 0; level++)
        {
            int[] front = [.. left.Where(m => !left.Exists(o => Dominates(objectives[o], objectives[m])))];
            foreach (var member in front)
                (rank[member], crowding[member]) = (level, 0);
            for (var k = 0; k < objectives[front[0]].Length; k++)
            {
                int[] sorted = [.. front.OrderBy(m => objectives[m][k]).ThenBy(m => m)];
                double low = objectives[sorted[0]][k], width = objectives[sorted[^1]][k] - low;
                crowding[sorted[0]] = crowding[sorted[^1]] = double.PositiveInfinity;
                for (var i = 1; i + 1 < sorted.Length && width > 0; i++)
                    crowding[sorted[i]] += (objectives[sorted[i + 1]][k] - objectives[sorted[i - 1]][k]) / width;
            }
            left.RemoveAll(m => rank[m] == level && Array.IndexOf(front, m) >= 0);
        }
    }
}
