namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Reads a model's tensors by their names of today, after the check that the file holds these and no others.</summary>
internal sealed class TensorReader
{
    private readonly WeightFile _file;
    private readonly Dictionary<string, WeightTensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Checks names and shapes.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, has another shape, or belongs to no part of the model.</exception>
    public TensorReader(WeightFile file, TransformerShape shape, TransformerTensors names)
    {
        _file = file;
        foreach (WeightTensor tensor in file.Tensors.Values)
        {
            string name = Today(tensor.Name, names);
            if (!IsIgnored(name, names) && !_tensors.TryAdd(name, tensor))
                throw new InvalidDataException($"'{file.Name}' holds '{_tensors[name].Name}' and '{tensor.Name}', two names of one tensor.");
        }
        HashSet<string> surplus = [.. _tensors.Keys];
        foreach ((string name, long[] expected) in names.All(shape))
        {
            if (!_tensors.TryGetValue(name, out WeightTensor? tensor))
                throw new InvalidDataException($"'{file.Name}' lacks the tensor '{name}' of shape [{string.Join(", ", expected)}], which the configuration asks for.");
            if (!tensor.Shape.SequenceEqual(expected))
                throw new InvalidDataException($"'{file.Name}': tensor '{tensor.Name}' has the shape {tensor.ShapeText}; the configuration asks for [{string.Join(", ", expected)}].");
            file.CheckIsWeight(tensor);
            surplus.Remove(name);
        }
        if (surplus.Count > 0)
        {
            throw new InvalidDataException(
                $"'{file.Name}' holds the tensor '{_tensors[surplus.Order(StringComparer.Ordinal).First()].Name}', which is no part of the {shape.Family} model that the configuration describes " +
                $"({shape.Layers.Count} layers); {surplus.Count} such in all. The configuration and the weights do not belong together.");
        }
    }

    /// <summary>Reads the rows of an embedding as they are stored.</summary>
    public EmbeddingTable ReadTable(string name, float scale) => new(_file, _tensors[name], scale);

    /// <summary>Reads a tensor as singles.</summary>
    public void Read(string name, Span<float> destination) => _file.Read(_tensors[name], destination);

    /// <summary>Reads a linear layer's weights as [outputs, inputs].</summary>
    public void ReadWeight(LinearTensor linear, Span<float> destination)
    {
        WeightTensor tensor = _tensors[linear.Name + ".weight"];
        if (!linear.Transposed)
        {
            _file.Read(tensor, (long)linear.First * linear.Inputs, destination);
            return;
        }
        float[] row = new float[linear.Outputs];
        for (int input = 0; input < linear.Inputs; input++)
        {
            _file.Read(tensor, (long)input * linear.Stored + linear.First, row);
            for (int output = 0; output < row.Length; output++)
                destination[output * linear.Inputs + input] = row[output];
        }
    }

    /// <summary>Reads a linear layer's bias, [outputs].</summary>
    public void ReadBias(LinearTensor linear, Span<float> destination) => _file.Read(_tensors[linear.Name + ".bias"], linear.First, destination);

    private static bool IsIgnored(string name, TransformerTensors names) =>
        names.Ignored.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal)) || names.IgnoredEndings.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

    private static string Today(string name, TransformerTensors names)
    {
        if (name.StartsWith(names.Prefix, StringComparison.Ordinal))
            name = name[names.Prefix.Length..];
        foreach ((string old, string today) in names.Renamed)
            if (name.EndsWith(old, StringComparison.Ordinal))
                return name[..^old.Length] + today;
        return name;
    }
}
