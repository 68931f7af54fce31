using RlOffload.Bench;
using Spectre.Console;

// A table that goes to a file is not squeezed.
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 200;

switch (args)
{
    case ["gemm"]:
        GemmBench.Run();
        return 0;
    case ["coverage", .. var evaluations]:
        CoverageBench.Run(evaluations);
        return 0;
    case ["cic", .. var profiles]:
        return CicBench.Run(profiles);
    default:
        Console.WriteLine("""
            dotnet run -c Release --project bench -- NAME

              gemm   matrix products of the learner beside MathNet's, GF/s and ratios
              coverage [EVALUATION.json...]
                     how often 95 % intervals hold the truth, on simulated windows and seeds and on the windows of real evaluations
              cic    a decision of DADS beside one of CIC on the shipped network and ResNet-50, or on the profiles named; us and ratios

            bench/learner.py runs 'rloffload bench learner' in turns with the same update in PyTorch (bench/pytorch).

            Each round measures all contestants one after the other; medians over rounds, process CPU time, one thread.
            Run it on an idle machine: a training beside it changes every number. DOTNET_MaxVectorTBitWidth=512 gives it the machine's
            widest vectors, as ./rloffload does.
            """);
        return args is [] or ["--help"] or ["-h"] ? 0 : 2;
}
