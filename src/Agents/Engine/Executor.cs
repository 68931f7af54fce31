using RlOffload.Agents.Engine.Kernels;
using RlOffload.Agents.Learning;

namespace RlOffload.Agents.Engine;

/// <summary>
/// The built-in engine: a graph as a list of kernels over memory that is planned once. A run allocates nothing and gives the same bits each time and for
/// any number of threads, because every element is computed by one thread, in one order.
/// </summary>
public sealed class Executor : IEngine
{
    private readonly Schedule _schedule;
    private readonly Kernel[] _kernels;
    private readonly Crew? _crew;
    private readonly FiniteCheck? _check;

    /// <param name="threads">1 or more. A second one gains 1.2 to 1.6 times on idle cores; seeds side by side use cores better.</param>
    /// <param name="check">To find errors: on one thread, and <see cref="Run"/> ends at the first value that is not finite.</param>
    public Executor(Graph graph, int threads = 1, bool check = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _schedule = new Schedule(graph, apart: check);
        var widest = graph.Nodes.Max(n => Math.Max(n.Rows, n.Columns));
        var products = Enumerable.Range(0, threads).Select(_ => new VectorProduct(widest)).ToArray();
        _kernels =
        [
            .. _schedule.Steps.Select(node => Kernel.Of(node, _schedule.FinishOf(node), _schedule.At, products)),
            .. _schedule.Late.Select(u => new CopyKernel(_schedule.At(u.Value), u.Parameter.Storage!.Value)),
        ];
        _check = check ? new FiniteCheck(graph, _schedule) : null;
        _crew = threads > 1 && !check ? new Crew(_kernels, threads) : null;
    }

    /// <summary>Kernels of a run.</summary>
    public int Kernels => _kernels.Length;

    /// <summary>Bytes of memory that intermediate values share.</summary>
    public long SharedBytes => (long)_schedule.Floats * sizeof(float);

    /// <exception cref="NotFiniteNumberException">Of an engine that checks; names the first value that is not finite.</exception>
    public void Run()
    {
        if (_check is not null)
            _check.Run(_kernels);
        else if (_crew is not null)
            _crew.Run();
        else
            foreach (var kernel in _kernels)
                kernel.Run(0, kernel.Parts, 0);
    }

    public Matrix Read(Tensor output) => _schedule.At(output);

    public void Dispose() => _crew?.Dispose();
}
