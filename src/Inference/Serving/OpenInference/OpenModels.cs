using System.Text.Json;
using RlOffload.Environment.Profiles;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.OpenInference;

/// <param name="Cut">-1: said by each request (the network itself).</param>
internal readonly record struct OpenModel(string Name, int Exit, int Cut)
{
    /// <summary>The whole network, which takes exit and split as parameters.</summary>
    public bool IsNetwork => Cut < 0;
}

/// <summary>What the server offers as models: the network, and each of its tails as a model of its own, so that clients without parameters reach it.</summary>
internal sealed class OpenModels
{
    private readonly Dictionary<string, OpenModel> _models = new(StringComparer.Ordinal);
    private readonly PartitionSet _partitions;

    public OpenModels(PartitionSet partitions)
    {
        _partitions = partitions;
        Network = Path.GetFileNameWithoutExtension(partitions.Profile.Model.Path);
        foreach (var model in Tails.Select(p => new OpenModel(OpenNames.Tail(Network, p.Exit, p.Cut), p.Exit, p.Cut)).Prepend(new OpenModel(Network, Profile.Exits.Count - 1, -1)))
            _models.Add(model.Name, model);
    }

    public string Network { get; }

    public IEnumerable<OpenModel> All => _models.Values;

    public bool TryGet(string name, out OpenModel model) => _models.TryGetValue(name, out model);

    /// <summary>Writes a model's metadata: the network's are those of its whole, from the input to the last exit.</summary>
    public void Write(Utf8JsonWriter to, in OpenModel model)
    {
        to.WriteStartObject();
        to.WriteString("name", model.Name);
        to.WriteStartArray("versions");
        to.WriteStringValue("1");
        to.WriteEndArray();
        to.WriteString("platform", "onnxruntime_onnx");
        WriteTensors(to, "inputs", Profile.Cuts[Math.Max(model.Cut, 0)].Tensors.Select(t => t.Name));
        WriteTensors(to, "outputs", Profile.Exits[model.Exit].AllOutputs);
        if (model.IsNetwork)
        {
            to.WriteStartObject("parameters");
            to.WriteString("sha256", Profile.Model.Sha256);
            to.WriteNumber("exits", Profile.Exits.Count);
            to.WriteStartArray("tails");
            foreach (var tail in Tails)
                to.WriteStringValue(OpenNames.Tail(Network, tail.Exit, tail.Cut));
            to.WriteEndArray();
            to.WriteEndObject();
        }
        to.WriteEndObject();
    }

    private ModelProfile Profile => _partitions.Profile;

    private IEnumerable<Partition> Tails => Profile.Partitions.Where(p => !p.Local);

    private void WriteTensors(Utf8JsonWriter to, string name, IEnumerable<string> tensors)
    {
        to.WriteStartArray(name);
        foreach (var tensor in tensors)
        {
            var info = _partitions.Network.Tensors[tensor];
            to.WriteStartObject();
            to.WriteString("name", tensor);
            to.WriteString("datatype", OpenNames.Of(info.Type) ?? info.Type.ToString());
            to.WriteStartArray("shape");
            foreach (var size in info.Shape)
                to.WriteNumberValue(size);
            to.WriteEndArray();
            to.WriteEndObject();
        }
        to.WriteEndArray();
    }
}
