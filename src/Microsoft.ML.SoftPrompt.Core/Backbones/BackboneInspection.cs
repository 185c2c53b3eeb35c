using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Describes a model from its configuration, its tokenizer and the headers of its weights; no weight is read but for the hash.</summary>
internal static class BackboneInspection
{
    private const int LargestConfig = 1 << 20;

    /// <summary>Describes a model as far as its files can be read.</summary>
    public static BackboneDescription Describe(BackboneFiles files, WeightPrecision precision)
    {
        BackboneDescription description = new() { Name = files.Name, Location = files.Location, Precision = precision };
        try
        {
            // What the configuration says is worth telling where the weights are damaged.
            if (files.Has(BackboneFiles.Config))
                description = WithSizes(description, files.Open(BackboneFiles.Config), files.PathOf(BackboneFiles.Config));
            (WeightFile weights, BackboneFiles used) = files.OpenWeights();
            using (weights)
            {
                if (weights is GgufFile gguf)
                    description = WithSizes(description, gguf.OpenConfig(), weights.Name);
                description = WithWeights(description, weights);
                HuggingFaceConfig read = Backbone.ReadConfig(files, weights);
                TransformerFamily family = TransformerFamily.Of(read);
                TransformerShape shape = family.Shape(read);
                description = WithTokenizer(WithShape(description, shape), Backbone.OpenTokenizer(used, weights, shape.VocabularySize));
                _ = new TensorReader(weights, shape, family.Tensors(shape));
                return description;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or FileNotFoundException)
        {
            return description with { Fault = exception.Message };
        }
    }

    /// <summary>Takes the sizes from the configuration, whatever the family: what the model is can be said even where it is not run.</summary>
    private static BackboneDescription WithSizes(BackboneDescription description, Stream stream, string file)
    {
        using JsonDocument document = JsonFile.ReadObject(stream, file, LargestConfig);
        stream.Dispose();
        JsonElement config = document.RootElement;
        return description with
        {
            Family = config.TryGetProperty("model_type", out JsonElement family) && family.ValueKind == JsonValueKind.String ? family.GetString() : null,
            Layers = Size("num_hidden_layers", "n_layer", "n_layers"),
            HiddenSize = Size("hidden_size", "n_embd", "dim"),
            Heads = Size("num_attention_heads", "n_head", "n_heads"),
            KeyValueHeads = Size("num_key_value_heads"),
            IntermediateSize = Size("intermediate_size", "n_inner", "hidden_dim"),
            MaxPositions = Size("max_position_embeddings", "n_positions"),
            VocabularySize = Size("vocab_size"),
        };

        int? Size(params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
            {
                if (config.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int size) && size > 0)
                    return size;
            }
            return null;
        }
    }

    /// <summary>What the family makes of the configuration stands above its fields: sizes that are left out follow from others.</summary>
    private static BackboneDescription WithShape(BackboneDescription description, TransformerShape shape) => description with
    {
        KeyValueHeads = shape.KeyValueHeads < shape.Heads ? shape.KeyValueHeads : null,
        IntermediateSize = shape.WideSize,
        MaxPositions = shape.MaxPositions,
    };

    private static BackboneDescription WithWeights(BackboneDescription description, WeightFile weights)
    {
        long parameters = 0, memory = 0, training = 0;
        bool embedded = false;
        // The embedding comes before lm_head, which may have its shape.
        foreach (WeightTensor tensor in weights.Tensors.Values.OrderBy(tensor => tensor.Name.Contains("head", StringComparison.Ordinal)))
        {
            parameters += tensor.Count;
            bool embedding = tensor.Shape.Count == 2 && tensor.Shape[0] == description.VocabularySize;
            // A second matrix of the vocabulary is the way back to tokens, which a prompt's head takes the place of; what has more
            // than two dimensions is a mask that old checkpoints saved along.
            if ((embedding && embedded) || tensor.Shape.Count > 2)
                continue;
            embedded |= embedding;
            bool packed = !embedding && tensor.Shape.Count == 2 && IsOfLayer(tensor.Name);
            memory += embedding ? tensor.Bytes : (packed ? description.Precision : WeightPrecision.Full).Bytes(tensor.Count);
            if (packed)
                training += description.Precision.Transposed().Bytes(tensor.Count);
        }
        return description with
        {
            Parameters = parameters,
            NumberTypes = weights.Tensors.Values.GroupBy(tensor => tensor.Type).ToDictionary(type => type.Key, type => type.Sum(tensor => tensor.Count)),
            FileBytes = weights.Length,
            MemoryBytes = memory,
            TrainingBytes = training,
            WeightsSha256 = weights.Sha256(),
        };
    }

    /// <summary>Whether a name has a layer's number in it, as <c>encoder.layer.3.output.dense.weight</c>.</summary>
    private static bool IsOfLayer(string name) => name.Split('.').Any(part => part.Length > 0 && part.All(char.IsAsciiDigit));

    private static BackboneDescription WithTokenizer(BackboneDescription description, IBackboneTokenizer? tokenizer)
    {
        if (tokenizer is null)
            return description;
        int whole = 0;
        try
        {
            while (tokenizer.EncodeNumeral(whole, whole).Count == 1)
                whole++;
        }
        catch (InvalidOperationException)
        {
            // Word pieces may end where a numeral cannot be written at all.
            return description with { Tokenizer = tokenizer.Kind, WholeNumerals = whole, PadsDigits = false };
        }
        return description with { Tokenizer = tokenizer.Kind, WholeNumerals = whole, PadsDigits = tokenizer.EncodeNumeral(0, whole).Count > 1 };
    }
}
