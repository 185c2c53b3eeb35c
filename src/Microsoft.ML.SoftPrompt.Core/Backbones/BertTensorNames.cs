namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The names under which a BERT's tensors are stored, and the check that a file holds these and no others.</summary>
internal sealed class BertTensorNames
{
    /// <summary>Parts of a checkpoint beyond the encoder: they do not touch the hidden states.</summary>
    private static readonly string[] s_ignored = ["pooler.", "cls.", "classifier.", "qa_outputs.", "embeddings.position_ids"];

    private readonly WeightFile _file;
    private readonly Dictionary<string, WeightTensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Checks names and shapes.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, has another shape, or belongs to no part of a BERT.</exception>
    public BertTensorNames(WeightFile file, HuggingFaceConfig config)
    {
        _file = file;
        foreach (WeightTensor tensor in file.Tensors.Values)
        {
            string name = Canonical(tensor.Name);
            if (!Array.Exists(s_ignored, part => name.StartsWith(part, StringComparison.Ordinal)) && !_tensors.TryAdd(name, tensor))
                throw new InvalidDataException($"'{file.Name}' holds '{_tensors[name].Name}' and '{tensor.Name}', two names of one tensor.");
        }
        HashSet<string> surplus = [.. _tensors.Keys];
        foreach ((string name, long[] shape) in Expected(config))
        {
            if (!_tensors.TryGetValue(name, out WeightTensor? tensor))
                throw new InvalidDataException($"'{file.Name}' lacks the tensor '{name}' of shape [{string.Join(", ", shape)}], which the configuration asks for.");
            if (!tensor.Shape.SequenceEqual(shape))
                throw new InvalidDataException($"'{file.Name}': tensor '{tensor.Name}' has the shape {tensor.ShapeText}; the configuration asks for [{string.Join(", ", shape)}].");
            file.CheckIsWeight(tensor);
            surplus.Remove(name);
        }
        if (surplus.Count > 0)
        {
            throw new InvalidDataException(
                $"'{file.Name}' holds the tensor '{_tensors[surplus.Order().First()].Name}', which is no part of the BERT that the configuration describes " +
                $"({config.Layers} layers); {surplus.Count} such in all. The configuration and the weights do not belong together.");
        }
    }

    /// <summary>Gets a tensor by its name without prefix.</summary>
    public WeightTensor this[string name] => _tensors[name];

    /// <summary>Reads a tensor as singles.</summary>
    public void Read(string name, Span<float> destination) => _file.Read(_tensors[name], destination);

    /// <summary>Checkpoints of a task put <c>bert.</c> before the encoder's names; the oldest call the parameters of a norm gamma and beta.</summary>
    private static string Canonical(string name)
    {
        if (name.StartsWith("bert.", StringComparison.Ordinal))
            name = name["bert.".Length..];
        return name.Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal).Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, long[] Shape)> Expected(HuggingFaceConfig config)
    {
        long d = config.HiddenSize, wide = config.IntermediateSize;
        yield return ("embeddings.word_embeddings.weight", [config.VocabularySize, d]);
        yield return ("embeddings.position_embeddings.weight", [config.MaxPositions, d]);
        yield return ("embeddings.token_type_embeddings.weight", [config.TokenTypes, d]);
        yield return ("embeddings.LayerNorm.weight", [d]);
        yield return ("embeddings.LayerNorm.bias", [d]);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string at = $"encoder.layer.{layer}.";
            foreach ((string part, long rows, long columns) in ((string, long, long)[])
                [
                    ("attention.self.query", d, d), ("attention.self.key", d, d), ("attention.self.value", d, d), ("attention.output.dense", d, d),
                    ("intermediate.dense", wide, d), ("output.dense", d, wide),
                ])
            {
                yield return ($"{at}{part}.weight", [rows, columns]);
                yield return ($"{at}{part}.bias", [rows]);
            }
            foreach (string norm in (string[])["attention.output.LayerNorm", "output.LayerNorm"])
            {
                yield return ($"{at}{norm}.weight", [d]);
                yield return ($"{at}{norm}.bias", [d]);
            }
        }
    }
}
