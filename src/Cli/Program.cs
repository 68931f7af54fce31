using System.CommandLine;
using RlOffload.Cli;
using RlOffload.Cli.Verbs;

var root = new RootCommand("Learns where to split a neural network between a device and a server, and runs what it learned.")
{
    BenchVerb.Create(),
    DoctorVerb.Create(),
    ImagesVerb.Create(),
    ProfileVerb.Create(),
    ProfilesVerb.Create(),
    TrainVerb.Create(),
    EvaluateVerb.Create(),
    CompareVerb.Create(),
    RegimesVerb.Create(),
    ExportVerb.Create(),
    DistillVerb.Create(),
    VerifyVerb.Create(RecordedRun.Verify),
    ExplainVerb.Create(PlayedWindow.Play),
    ServeVerb.Create(),
    RunVerb.Create(),
    LogVerb.Create(),
    PackVerb.Create(),
    LinkVerb.Create(),
    TracesVerb.Create(),
};
return Verb.Invoke(root, args);
