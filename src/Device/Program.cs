using System.CommandLine;
using RlOffload.Cli;
using RlOffload.Cli.Verbs;
using RlOffload.Inference.Codec.Lanes;

WideProgram.Start(args);
var root = new RootCommand("The device's part of RlOffload, compiled ahead of time: runs a frozen policy beside its network. The whole program trains, evaluates and serves.")
{
    RunVerb.Create(),
    VerifyVerb.Create(null),
    ExplainVerb.Create(null),
    LogVerb.Create(),
};
if (args is [[not '-' and not '/' and not '@' and not '[', ..] verb, ..] && root.Subcommands.All(c => c.Name != verb))
{
    Console.Error.WriteLine($"rloffload: '{verb}' is not in this program, which was compiled for a device; allowed are {string.Join(", ", root.Subcommands.Select(c => c.Name))}");
    return 2;
}
return Verb.Invoke(root, args);
