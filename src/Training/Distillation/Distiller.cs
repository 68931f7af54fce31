using RlOffload.Agents;
using RlOffload.Environment;
using RlOffload.Inference.Policies;
using RlOffload.Inference.Policies.Distilled;
using RlOffload.Training.Evaluation;

namespace RlOffload.Training.Distillation;

/// <summary>
/// Teaches a tree or a table to play as an agent does, from the states that the student itself gets into (O. Bastani, Y. Pu, A. Solar-Lezama, Verifiable
/// reinforcement learning via policy extraction, NeurIPS 2018, on DAgger of Ross et al. 2011): the teacher plays a first round, every further one is played
/// by the student of the round before, and all states seen so far, with the teacher's values of all plans there, make the next student. The best of the
/// students on tuning windows is kept.
/// </summary>
internal sealed class Distiller
{
    /// <summary>Windows that are learned from begin here, so that they are other ones than the agent's.</summary>
    private const int FirstWindow = 300_000, WindowsASeed = 10_000;

    private readonly World _world;
    private readonly DistillOptions _options;
    private readonly Teacher _teacher;
    private readonly AgentView _view;
    private readonly Visits _visits;
    private readonly float[] _observation;
    private readonly bool[] _mask;

    public Distiller(World world, LearnedPolicy teacher, DistillOptions options)
    {
        (_world, _options, _teacher) = (world, options, new Teacher(teacher));
        // Rewards alone: a student that is to be small and quick does not work out the rest of the teacher's features.
        _view = new AgentView(world.CostModel, world.Choices, PlanDetail.Reward, teacher.View.IsShielded, teacher.View.ProbeAfter);
        _visits = new Visits(_view.Size, _view.Actions, _view.Layout.Own);
        (_observation, _mask) = (new float[_view.Size], new bool[_view.Actions]);
    }

    /// <summary>States seen.</summary>
    public int States => _visits.Count;

    public LearnedPolicy Learn(IProgress<EvaluationProgress>? progress, CancellationToken cancel)
    {
        var environment = _world.Training.Environment(_world.CostModel);
        var window = FirstWindow + (int)(_options.Seed % WindowsASeed) * WindowsASeed;
        var students = new List<LearnedPolicy>();
        for (var round = 0; round < _options.Rounds; round++)
        {
            var until = (long)_options.States * (round + 1) / _options.Rounds;
            while (_visits.Count < until)
            {
                cancel.ThrowIfCancellationRequested();
                Visit(environment, window++, students.LastOrDefault(), until);
                progress?.Report(new("visiting states", (double)_visits.Count / _options.States));
            }
            students.Add(Fit());
            progress?.Report(new("fitting students", (round + 1.0) / _options.Rounds));
        }
        return Best(students, progress, cancel);
    }

    private void Visit(OffloadEnvironment environment, int window, LearnedPolicy? student, long until)
    {
        for (environment.Reset(window); !environment.Truncated && _visits.Count < until;)
        {
            var taught = _teacher.Ask(environment.Observation, environment.Mask);
            _view.Write(environment.Observation, environment.Mask, _observation, _mask);
            _visits.Add(_observation, _mask, _teacher.Values);
            environment.Step(_view.Plans[student?.Learned.Decide(environment.Observation, _observation, _mask) ?? taught]);
        }
    }

    /// <summary>The better, by the teacher's values in all states so far, of rows that rank plans and rows that correct the cost model's ranking.</summary>
    private LearnedPolicy Fit()
    {
        var bins = new Bins(_visits);
        var scale = (float)_visits.Scale();
        var ranks = Fit(bins, 0);
        var fitted = scale > 0 && Fit(bins, scale) is var corrects && Regret(corrects) <= Regret(ranks) ? corrects : ranks;
        return new LearnedPolicy(_options.Form.ToString().ToLowerInvariant(), new DistilledPolicy(fitted), _view);
    }

    private RegionPolicy Fit(Bins bins, float scale)
    {
        var (targets, merit) = (_visits.Targets(scale), new Merit(scale > 0));
        float[] rows;
        IRegions regions = _options.Form == PolicyForm.Tree
            ? TreeGrowth.Grow(bins, _visits.Inputs, _visits.Plans, targets, merit, _options.Size, out rows)
            : TableGrowth.Grow(bins, _visits.Inputs, _visits.Plans, targets, merit, _options.Size, out rows);
        var scales = new float[regions.Count];
        Array.Fill(scales, scale);
        return new RegionPolicy(regions, _visits.Inputs, _visits.Plans, _view.Layout.Own, 1, scales, rows);
    }

    private double Regret(RegionPolicy student)
    {
        Array.Fill(student.Mask, 1);
        var regret = 0.0;
        for (var i = 0; i < _visits.Count; i++)
        {
            _visits.Observation(i).CopyTo(student.Observation);
            student.Run();
            regret -= _visits.Advantages(i)[student.Best()];
        }
        return regret / _visits.Count;
    }

    private LearnedPolicy Best(IReadOnlyList<LearnedPolicy> students, IProgress<EvaluationProgress>? progress, CancellationToken cancel)
    {
        var environment = _world.Tuning.Environment(_world.CostModel);
        var keeper = _world.Scenario.Budgets is { } budgets ? new BudgetKeeper(budgets, _world.CostModel) : null;
        double requests = _options.Windows * _world.Scenario.Requests;
        var (best, most) = (students[0], double.NegativeInfinity);
        for (var s = 0; s < students.Count; s++)
        {
            var (sum, costs) = (0.0, default(Costs));
            foreach (var window in WindowNumbers.From(WindowNumbers.Validation, _options.Windows))
            {
                cancel.ThrowIfCancellationRequested();
                Rollout.Begin(environment, students[s], window);
                while (!environment.Truncated)
                    environment.Step(students[s].Decide(environment.Observation, environment.Mask));
                sum += environment.TotalReward;
                costs += environment.TotalCosts;
            }
            var merit = keeper?.Merit(sum / requests, costs / requests) ?? sum / requests;
            if (merit > most)
                (best, most) = (students[s], merit);
            progress?.Report(new("choosing the best student", (s + 1.0) / students.Count));
        }
        return best;
    }
}
