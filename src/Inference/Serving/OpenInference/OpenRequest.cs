using System.Text.Json;
using RlOffload.Inference.Codec;
using RlOffload.Inference.Partitions;
using RlOffload.Inference.Wire;

namespace RlOffload.Inference.Serving.OpenInference;

/// <summary>An input of a request: where it belongs in the message, and its numbers where they stand in the JSON.</summary>
/// <param name="Low">Smallest number of a quantised tensor, and <paramref name="Scale"/> the distance of its codes.</param>
internal readonly record struct OpenInput(PayloadPart Part, float Low, float Scale, JsonElement Data)
{
    public bool IsBinary => Data.ValueKind == JsonValueKind.Undefined;
}

/// <param name="Binary">Behind the JSON; else within it.</param>
internal readonly record struct OpenOutput(int Index, bool Binary);

/// <summary>
/// The JSON of an infer request, checked against the model. Tensors that come as bytes come behind it, in the order of <see cref="Inputs"/>.
/// </summary>
internal sealed class OpenRequest
{
    private const int LongestId = 256;

    private OpenRequest()
    {
    }

    public string? Id { get; private set; }
    public int Exit { get; private set; }
    public int Cut { get; private set; }
    public int Bits { get; private set; } = 32;
    public IReadOnlyList<OpenInput> Inputs { get; private set; } = [];
    public IReadOnlyList<OpenOutput> Outputs { get; private set; } = [];

    /// <summary>Of the tensors behind the JSON.</summary>
    public long BinaryBytes { get; private set; }

    /// <summary>Of the message that this becomes.</summary>
    public int MessageBytes { get; private set; }

    /// <param name="root">Must outlive what is returned: it holds the numbers that stand in the JSON.</param>
    /// <param name="problem">What is wrong and what is allowed.</param>
    public static OpenRequest? Parse(JsonElement root, in OpenModel model, PartitionSet partitions, LayoutCache layouts, out string problem)
    {
        var request = new OpenRequest { Exit = model.Exit, Cut = Math.Max(model.Cut, 0) };
        try
        {
            problem = request.Read(root, model, partitions, layouts) ?? "";
        }
        catch (InvalidOperationException)
        {
            // The parser checks brackets and quotes, but what stands between quotes only when it is asked for.
            problem = "body: holds a text that is no Unicode, allowed is UTF-8 without halves of surrogate pairs";
        }
        return problem.Length == 0 ? request : null;
    }

    private string? Read(JsonElement root, in OpenModel model, PartitionSet partitions, LayoutCache layouts)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return $"body: is JSON {root.ValueKind}, allowed is an object";
        if (root.TryGetProperty("id", out var id))
        {
            if (id.ValueKind != JsonValueKind.String || id.GetString()!.Length > LongestId)
                return $"id: allowed is a string of up to {LongestId} characters";
            Id = id.GetString();
        }
        var allBinary = false;
        if (root.TryGetProperty("parameters", out var parameters) && ReadParameters(parameters, model, out allBinary) is { } wrong)
            return wrong;
        var (exit, cut) = (Exit, Cut);
        if (!partitions.Profile.Partitions.Any(p => !p.Local && p.Exit == exit && p.Cut == cut))
            return $"parameters: exit {exit}, split {cut} is no partition that has a tail";
        return ReadInputs(root, layouts.Of(cut, Bits)) ?? ReadOutputs(root, partitions.Profile.Exits[exit].AllOutputs, allBinary);
    }

    private string? ReadParameters(JsonElement parameters, in OpenModel model, out bool allBinary)
    {
        allBinary = false;
        if (parameters.ValueKind != JsonValueKind.Object)
            return $"parameters: is JSON {parameters.ValueKind}, allowed is an object";
        foreach (var (name, apply) in new (string, Action<int>)[] { ("exit", v => Exit = v), ("split", v => Cut = v), ("bits", v => Bits = v) })
            if (parameters.TryGetProperty(name, out var value))
            {
                if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number) || number < 0)
                    return $"parameters.{name}: is {Short(value)}, allowed is a whole number of 0 or more";
                apply(number);
            }
        if (!TensorCodec.Allows(Bits))
            return $"parameters.bits: is {Bits}, allowed is 1 to 8, 16 or 32";
        if (!model.IsNetwork && (Exit != model.Exit || Cut != model.Cut))
            return $"parameters: are exit {Exit}, split {Cut}, allowed for {model.Name} is exit {model.Exit}, split {model.Cut}";
        return !parameters.TryGetProperty("binary_data_output", out var binary) || TryBool(binary, out allBinary)
            ? null : $"parameters.binary_data_output: is {Short(binary)}, allowed is true or false";
    }

    private string? ReadInputs(JsonElement root, IReadOnlyList<PayloadPart> layout)
    {
        if (!root.TryGetProperty("inputs", out var inputs) || inputs.ValueKind != JsonValueKind.Array)
            return "inputs: are missing, allowed is an array of tensors";
        if (inputs.GetArrayLength() != layout.Count)
            return $"inputs: are {inputs.GetArrayLength()}, split {Cut} takes {layout.Count}: {string.Join(", ", layout.Select(p => p.Name))}";
        var read = new List<OpenInput>(layout.Count);
        foreach (var input in inputs.EnumerateArray())
        {
            if (input.ValueKind != JsonValueKind.Object || !input.TryGetProperty("name", out var named) || named.ValueKind != JsonValueKind.String)
                return "inputs: an input has no name";
            var name = named.GetString()!;
            var part = layout.FirstOrDefault(p => p.Name == name);
            if (part.Name is null || read.Any(i => i.Part.Name == name))
                return $"inputs: '{Short(named)}' is not needed or comes twice, split {Cut} takes {string.Join(", ", layout.Select(p => p.Name))}";
            if (ReadInput(input, part, out var tensor) is { } wrong)
                return $"inputs.{name}.{wrong}";
            read.Add(tensor);
            BinaryBytes += tensor.IsBinary ? part.Bytes : 0;
        }
        Inputs = read;
        MessageBytes = RequestHeader.Size + layout.Max(p => p.At + p.Bytes);
        return null;
    }

    private string? ReadInput(JsonElement input, in PayloadPart part, out OpenInput tensor)
    {
        tensor = default;
        var type = OpenNames.Of(part.Info.Type);
        if (!input.TryGetProperty("datatype", out var datatype) || datatype.ValueKind != JsonValueKind.String || datatype.GetString() != type)
            return $"datatype: is {Short(datatype)}, allowed is {type}";
        if (!input.TryGetProperty("shape", out var shape) || !IsShape(shape, part.Info.Shape))
            return $"shape: is {Short(shape)}, allowed is [{string.Join(",", part.Info.Shape)}]";
        input.TryGetProperty("data", out var data);
        long? size = null;
        float low = 0, scale = 0;
        if (input.TryGetProperty("parameters", out var parameters))
        {
            if (parameters.ValueKind != JsonValueKind.Object)
                return $"parameters: is JSON {parameters.ValueKind}, allowed is an object";
            if (parameters.TryGetProperty("binary_data_size", out var bytes))
                size = bytes.ValueKind == JsonValueKind.Number && bytes.TryGetInt64(out var number) ? number : -1;
            if (part.GridAt >= 0 && !(TryFloat(parameters, "low", out low) && TryFloat(parameters, "scale", out scale)))
                return "parameters: hold no finite numbers low and scale, which a quantised tensor needs";
        }
        else if (part.GridAt >= 0)
        {
            return "parameters: are missing; a quantised tensor needs low and scale";
        }
        if ((size is null) == (data.ValueKind == JsonValueKind.Undefined))
            return "data: allowed is either data or parameters.binary_data_size";
        if (size is not null && size != part.Bytes)
            return $"parameters.binary_data_size: is {size}, allowed is {part.Bytes}";
        if (size is null && part.GridAt >= 0)
            return "data: is JSON, allowed for a quantised tensor are bytes behind the JSON";
        tensor = new OpenInput(part, low, scale, data);
        return null;
    }

    private string? ReadOutputs(JsonElement root, IReadOnlyList<string> names, bool allBinary)
    {
        if (!root.TryGetProperty("outputs", out var outputs))
        {
            Outputs = [.. Enumerable.Range(0, names.Count).Select(i => new OpenOutput(i, allBinary))];
            return null;
        }
        if (outputs.ValueKind != JsonValueKind.Array || outputs.GetArrayLength() > names.Count)
            return $"outputs: allowed is an array of {string.Join(", ", names)}";
        var read = new List<OpenOutput>();
        foreach (var output in outputs.EnumerateArray())
        {
            if (output.ValueKind != JsonValueKind.Object || !output.TryGetProperty("name", out var named) || named.ValueKind != JsonValueKind.String)
                return "outputs: an output has no name";
            var name = named.GetString()!;
            var index = names.TakeWhile(n => n != name).Count();
            if (index == names.Count || read.Any(o => o.Index == index))
                return $"outputs: '{Short(named)}' is none or comes twice, allowed is {string.Join(", ", names)}";
            var binary = allBinary;
            if (output.TryGetProperty("parameters", out var parameters))
            {
                if (parameters.ValueKind != JsonValueKind.Object || (parameters.TryGetProperty("binary_data", out var flag) && !TryBool(flag, out binary)))
                    return $"outputs.{name}.parameters: allowed is an object with binary_data true or false";
                if (parameters.TryGetProperty("classification", out _))
                    return $"outputs.{name}.parameters.classification: is not offered, allowed is binary_data";
            }
            read.Add(new OpenOutput(index, binary));
        }
        Outputs = read;
        return null;
    }

    private static bool IsShape(JsonElement shape, IReadOnlyList<long> expected) =>
        shape.ValueKind == JsonValueKind.Array && shape.GetArrayLength() == expected.Count
        && shape.EnumerateArray().Zip(expected).All(s => s.First.ValueKind == JsonValueKind.Number && s.First.TryGetInt64(out var size) && size == s.Second);

    private static bool TryFloat(JsonElement parameters, string name, out float number)
    {
        number = 0;
        return parameters.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out number) && float.IsFinite(number);
    }

    private static bool TryBool(JsonElement value, out bool flag)
    {
        flag = value.ValueKind == JsonValueKind.True;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }

    private static string Short(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            return "missing";
        var text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "...";
    }
}
