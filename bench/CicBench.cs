using RlOffload.Agents.Planners;
using RlOffload.Environment;
using RlOffload.Environment.Plans;
using RlOffload.Environment.Profiles;
using RlOffload.Training.Benchmarks;
using Spectre.Console;

namespace RlOffload.Bench;

/// <summary>
/// A decision of DADS, by a smallest cut of the whole graph, beside one of CIC, by that of the graph made smaller beforehand, over rates from 0.1 to 100 Mbit/s. CIC's paper
/// has up to 100x. Devices ten times slower than the measuring machine.
/// </summary>
internal static class CicBench
{
    private const int States = 64;

    /// <param name="paths">Profiles of networks; none: the shipped network and ResNet-50.</param>
    public static int Run(string[] paths)
    {
        var table = new Table().AddColumns("network", "input", "bits", "load", "layers", "left", "dads us", "cic us", "ratio");
        table.Columns[0].NoWrap();
        foreach (var path in paths is [] ? ["models/fashion_frames.profile.json", "bench/resnet50.profile.json"] : paths)
        {
            ModelProfile profile;
            try
            {
                profile = ProfileFile.Read(path);
            }
            catch (InputException e)
            {
                Console.Error.WriteLine(e.Message);
                return 2;
            }
            // A camera gives bytes; a profile without images does not say so.
            if (profile.InputEncodings.All(e => e.Name != "raw"))
                profile = profile with { InputEncodings = [.. profile.InputEncodings, new("raw", profile.Cuts[0].Elements, 0)] };
            foreach (var encoding in new[] { "raw", "float32" })
                foreach (var bits in new[] { 32, 8 })
                    foreach (var heavy in new[] { false, true })
                        table.AddRow(Row(profile, encoding, bits, heavy));
        }
        AnsiConsole.Write(table);
        return 0;
    }

    private static string[] Row(ModelProfile profile, string encoding, int bits, bool heavy)
    {
        var scenario = new Scenario { Device = new DeviceSpec(TimeFactor: 10), Uplink = new UplinkSpec(InputEncoding: encoding) };
        // Accuracy decides nothing here; a profile without images has none.
        var timed = profile with { Accuracy = [], Exits = [.. profile.Exits.Select(e => e with { Accuracy = e.Accuracy ?? 1 })] };
        var cells = timed.Partitions.Where(p => bits != 32 && !p.Local && p.Cut > 0).Select(p => new AccuracyCell(p.Exit, p.Cut, bits, 1));
        timed = timed with { Accuracy = [.. cells] };
        var model = new CostModel(new CostTable(timed, PlanTable.Of(timed, [bits], probe: false), scenario), scenario);
        var (dads, cic) = (new DadsPlanner(model, bits), new CicPlanner(model, bits));
        var mask = new bool[model.Count];
        Array.Fill(mask, true);
        Observation[] states = [.. Enumerable.Range(0, States).Select(i => new Observation
        {
            Rate = 1e5 * Math.Pow(1000, (double)i / States), Rtt = 0.04, ServerLoad = 1, Slowdown = 1, FastIntensity = heavy ? 1e6 : 0,
        })];
        if (!states.All(o => dads.Decide(o, mask) == cic.Decide(o, mask)))
            throw new InvalidOperationException($"{profile.Model.Path}: dads and cic decide differently");
        void Decide(IPolicy policy)
        {
            foreach (var o in states)
                policy.Decide(o, mask);
        }
        var us = Rounds.Median(5, 100, () => Decide(dads), () => Decide(cic)).Select(ms => 1000 * ms / States).ToArray();
        return [Path.GetFileNameWithoutExtension(profile.Model.Path), encoding, $"{bits}", heavy ? "heavy" : "light", $"{cic.Layers}", $"{cic.Reduction.Graph.Layers.Count}", $"{us[0]:F2}", $"{us[1]:F2}", $"{us[0] / us[1]:F1}x"];
    }
}
