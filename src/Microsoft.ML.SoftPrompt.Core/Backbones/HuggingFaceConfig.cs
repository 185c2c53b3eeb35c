using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>What a <c>config.json</c> of Hugging Face says about a model of the BERT family, checked.</summary>
/// <param name="ModelType">The family, <c>bert</c>.</param>
/// <param name="VocabularySize">Tokens.</param>
/// <param name="HiddenSize">Components of a row.</param>
/// <param name="Layers">Transformer layers.</param>
/// <param name="Heads">Attention heads; they divide the hidden size.</param>
/// <param name="IntermediateSize">Width of the feed-forward part.</param>
/// <param name="MaxPositions">Positions.</param>
/// <param name="TokenTypes">Rows of the token-type table.</param>
/// <param name="LayerNormEpsilon">ε of the layer norms.</param>
internal sealed record HuggingFaceConfig(
    string ModelType, int VocabularySize, int HiddenSize, int Layers, int Heads, int IntermediateSize, int MaxPositions, int TokenTypes, float LayerNormEpsilon)
{
    /// <summary>Far above any model that a processor could run, far below what would overflow a size.</summary>
    private const int LargestSize = 1 << 20;

    /// <summary>More layers than any published model has.</summary>
    private const int MostLayers = 1024;

    /// <summary>A configuration is a page of text.</summary>
    private const int LargestFile = 1 << 20;

    /// <summary>Reads and checks a configuration.</summary>
    /// <param name="stream">The JSON.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="InvalidDataException">It is not JSON, or a field is missing or out of range.</exception>
    /// <exception cref="NotSupportedException">The model is of a kind that the engine does not run.</exception>
    public static HuggingFaceConfig Read(Stream stream, string file)
    {
        byte[] buffer = new byte[LargestFile + 1];
        int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (length > LargestFile)
            throw new InvalidDataException($"'{file}' has more than {LargestFile} bytes; a model's configuration is a page of JSON.");
        JsonDocument document;
        try
        {
            ReadOnlyMemory<byte> text = buffer.AsMemory(0, length);
            if (text.Span.StartsWith("\uFEFF"u8))
                text = text["\uFEFF"u8.Length..];
            document = JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{file}' is not JSON: {exception.Message}", exception);
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"'{file}' holds a {document.RootElement.ValueKind}; expected an object of fields.");
            return FromFields(document.RootElement, file);
        }
    }

    private static HuggingFaceConfig FromFields(JsonElement root, string file)
    {
        string family = Text(root, "model_type", null, file);
        if (family != "bert")
            throw new NotSupportedException($"'{file}': model_type is '{family}'; supported is bert.");
        string activation = Text(root, "hidden_act", "gelu", file);
        if (activation != "gelu")
            throw new NotSupportedException($"'{file}': hidden_act is '{activation}'; supported is gelu (the erf form).");
        string positions = Text(root, "position_embedding_type", "absolute", file);
        if (positions != "absolute")
            throw new NotSupportedException($"'{file}': position_embedding_type is '{positions}'; supported is absolute.");
        if (root.TryGetProperty("is_decoder", out JsonElement decoder) && decoder.ValueKind == JsonValueKind.True)
            throw new NotSupportedException($"'{file}': is_decoder is true; only encoders of the bert family are supported.");
        HuggingFaceConfig config = new(
            family,
            Size(root, "vocab_size", LargestSize * 4, file),
            Size(root, "hidden_size", LargestSize, file),
            Size(root, "num_hidden_layers", MostLayers, file),
            Size(root, "num_attention_heads", LargestSize, file),
            Size(root, "intermediate_size", LargestSize, file),
            Size(root, "max_position_embeddings", LargestSize, file),
            Size(root, "type_vocab_size", LargestSize, file),
            Epsilon(root, file));
        if (config.HiddenSize % config.Heads != 0)
            throw new InvalidDataException($"'{file}': hidden_size {config.HiddenSize} does not divide among num_attention_heads {config.Heads}.");
        return config;
    }

    private static string Text(JsonElement root, string field, string? otherwise, string file)
    {
        if (!root.TryGetProperty(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return otherwise ?? throw new InvalidDataException($"'{file}' lacks the field '{field}'.");
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new InvalidDataException($"'{file}': {field} is {value.GetRawText()}; expected a text.");
    }

    private static int Size(JsonElement root, string field, int largest, string file)
    {
        if (!root.TryGetProperty(field, out JsonElement value))
            throw new InvalidDataException($"'{file}' lacks the field '{field}'.");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int size) || size < 1 || size > largest)
            throw new InvalidDataException($"'{file}': {field} is {value.GetRawText()}; expected a whole number from 1 to {largest}.");
        return size;
    }

    private static float Epsilon(JsonElement root, string file)
    {
        if (!root.TryGetProperty("layer_norm_eps", out JsonElement value))
            throw new InvalidDataException($"'{file}' lacks the field 'layer_norm_eps'.");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetSingle(out float epsilon) || !(epsilon > 0 && epsilon < 1))
            throw new InvalidDataException($"'{file}': layer_norm_eps is {value.GetRawText()}; expected a number between 0 and 1.");
        return epsilon;
    }
}
