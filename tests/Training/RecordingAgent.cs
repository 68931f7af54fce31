using RlOffload.Agents;
using RlOffload.Agents.Replay;
using RlOffload.Agents.Sac;
using RlOffload.Environment;

namespace RlOffload.Tests.Training;

/// <summary>An agent that takes down how it is called and plays the first plan that can run.</summary>
internal sealed class RecordingAgent(AgentSetup setup) : IAgent
{
    public List<(string Kind, int Lane, int Number)> Calls { get; } = [];
    public int Updates { get; private set; }
    public ILearnedPolicy Policy { get; } = new ReplayPolicy(new DiscreteSac(setup.View.Size, setup.View.Actions, new SacOptions { Hidden = [4] }, 1), null, () => throw new NotSupportedException());
    public double Gamma => 0.9;
    public IReadOnlyList<string> Measures => ["updates"];

    public void Begin(OffloadEnvironment environment, int lane) => Calls.Add(("begin", lane, environment.Window));

    public void Observe(in Moment moment) => Calls.Add(("observe", moment.Lane, moment.Request));

    public int Choose(in Moment moment, ref Rng rng)
    {
        Calls.Add(("choose", moment.Lane, moment.Request));
        return moment.Mask.IndexOf(true);
    }

    public void Remember(in Transition transition) => Calls.Add(("remember", transition.Lane, transition.Request));

    public void Learn(Span<double> measures) => measures[0] = ++Updates;

    public void End(int lane, double reward, Costs costs, Span<double> measures) => Calls.Add(("end", lane, 0));

    public void Save(BinaryWriter writer) => writer.Write(Updates);

    public void Load(BinaryReader reader, string file) => Updates = reader.ReadInt32();
}

internal sealed class RecordingOptions : IAgentOptions
{
    public RecordingAgent Agent { get; private set; } = null!;
    public string Name => "recording";

    public IAgent Create(AgentSetup setup) => Agent = new RecordingAgent(setup);

    public ILearnedPolicy Policy(AgentSetup setup) => new RecordingAgent(setup).Policy;
}
