using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The fields of a <c>config.json</c> as Hugging Face writes it, each checked as it is read.</summary>
internal sealed class HuggingFaceConfig
{
    /// <summary>Whether the output matrix is the token embedding; families differ in what holds where it is missing.</summary>
    public const string TiedOutput = "tie_word_embeddings";

    /// <summary>Far above any model that a processor could run, far below what would overflow a size.</summary>
    public const int LargestSize = 1 << 20;

    /// <summary>More tokens than any published vocabulary has.</summary>
    private const int LargestVocabulary = LargestSize * 4;

    /// <summary>More layers than any published model has.</summary>
    private const int MostLayers = 1024;

    /// <summary>A configuration is a page of text.</summary>
    private const int LargestFile = 1 << 20;

    private readonly JsonElement _root;

    private HuggingFaceConfig(JsonElement root, string file)
    {
        (_root, File) = (root, file);
        ModelType = Text("model_type", null);
    }

    /// <summary>Gets the file's name for messages.</summary>
    public string File { get; }

    /// <summary>Gets the family, <c>model_type</c>.</summary>
    public string ModelType { get; }

    /// <summary>Reads a configuration.</summary>
    /// <param name="stream">The JSON.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="InvalidDataException">It is not a JSON object, or has no <c>model_type</c>.</exception>
    public static HuggingFaceConfig Read(Stream stream, string file)
    {
        using JsonDocument document = JsonFile.ReadObject(stream, file, LargestFile);
        return new HuggingFaceConfig(document.RootElement.Clone(), file);
    }

    /// <summary>A whole number of at least 1; a field that is missing or null is refused.</summary>
    public int Size(string field, int largest = LargestSize) => SizeOrNone(field, largest) ?? throw Lacking(field);

    /// <summary>As <see cref="Size"/>, where there are tokens.</summary>
    public int VocabularySize(string field) => Size(field, LargestVocabulary);

    /// <summary>As <see cref="Size"/>, where there are layers.</summary>
    public int LayerCount(string field) => Size(field, MostLayers);

    /// <summary>As <see cref="Size"/>, or null for a field that is missing or null.</summary>
    public int? SizeOrNone(string field, int largest = LargestSize)
    {
        if (!Has(field, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int size) && size >= 1 && size <= largest
            ? size
            : throw Bad(field, value, $"a whole number from 1 to {largest}");
    }

    /// <summary>ε of a norm, above 0 and below 1.</summary>
    public float Epsilon(string field, float? otherwise = null)
    {
        if (!Has(field, out JsonElement value))
            return otherwise ?? throw Lacking(field);
        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float epsilon) && epsilon > 0 && epsilon < 1
            ? epsilon
            : throw Bad(field, value, "a number between 0 and 1");
    }

    /// <summary>A finite number above 0, or null for a field that is missing or null.</summary>
    public double? Positive(string field) => Has(field, out JsonElement value) ? Positive(field, value) : null;

    /// <summary>A text; where the field is missing or null the other, and without one it is refused.</summary>
    public string Text(string field, string? otherwise)
    {
        if (!Has(field, out JsonElement value))
            return otherwise ?? throw Lacking(field);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad(field, value, "a text");
    }

    /// <summary>A truth value; the other where the field is missing or null.</summary>
    public bool Flag(string field, bool otherwise = false)
    {
        if (!Has(field, out JsonElement value))
            return otherwise;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Bad(field, value, "true or false");
    }

    /// <summary>The id of a token, from 0 on; the other where the field is missing or null.</summary>
    public int TokenId(string field, int otherwise)
    {
        if (!Has(field, out JsonElement value))
            return otherwise;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id is >= 0 and < LargestVocabulary
            ? id
            : throw Bad(field, value, $"a token id below {LargestVocabulary}");
    }

    /// <summary>Whether a field is there and null, where that means something else than a field that is missing.</summary>
    public bool IsNull(string field) => _root.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>Refuses a truth value that the engine does not follow.</summary>
    /// <exception cref="NotSupportedException">The field has the other value.</exception>
    public void RequireFlag(string field, bool supported)
    {
        if (Flag(field, supported) != supported)
            throw Unsupported(field, supported ? "false" : "true", supported ? "true" : "false");
    }

    /// <summary>Refuses a field that is neither missing nor null.</summary>
    /// <exception cref="NotSupportedException">It has a value.</exception>
    public void RequireNone(string field)
    {
        if (Has(field, out JsonElement value))
            throw Unsupported(field, value.GetRawText(), "null");
    }

    /// <summary>Refuses a text that is not the supported one.</summary>
    /// <exception cref="NotSupportedException">It is another.</exception>
    public void RequireText(string field, string supported)
    {
        string value = Text(field, supported);
        if (value != supported)
            throw Unsupported(field, $"'{value}'", supported);
    }

    /// <summary>The activation that a field names.</summary>
    /// <exception cref="NotSupportedException">It is none of the engine's.</exception>
    public Activation Activation(string field, string? otherwise = null)
    {
        string name = Text(field, otherwise);
        return name switch
        {
            "gelu" => Tensors.Activation.Gelu,
            "gelu_new" or "gelu_pytorch_tanh" => Tensors.Activation.GeluTanh,
            "silu" or "swish" => Tensors.Activation.Silu,
            _ => throw Unsupported(field, $"'{name}'", "gelu (the erf form), gelu_new, gelu_pytorch_tanh, silu"),
        };
    }

    /// <summary>Whether each layer slides a window over attention, by <c>layer_types</c>; by the family's pattern where the field is missing.</summary>
    public bool[] SlidingLayers(int layers, Func<int, bool> pattern)
    {
        if (!Has("layer_types", out JsonElement value))
            return [.. Enumerable.Range(0, layers).Select(pattern)];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != layers)
            throw Bad("layer_types", value, $"an array with a text for each of the {layers} layers");
        return [.. value.EnumerateArray().Select(type => type.ValueKind != JsonValueKind.String ? throw Bad("layer_types", value, "an array of texts") : type.GetString() switch
        {
            "sliding_attention" => true,
            "full_attention" => false,
            _ => throw Unsupported("layer_types", $"'{type.GetString()}' for a layer", "full_attention, sliding_attention"),
        })];
    }

    /// <summary>
    /// θ of rotary positions: of <c>rope_parameters</c>, there perhaps under a layer type, or as files before Transformers 5 have it at the root.
    /// </summary>
    /// <param name="oldField">The field at the root.</param>
    /// <param name="otherwise">θ where no field says it.</param>
    /// <param name="layerType">The layer type, for families that have a θ for each.</param>
    /// <exception cref="NotSupportedException">The angles are scaled.</exception>
    public double RotaryTheta(string oldField, double otherwise, string? layerType = null)
    {
        RequireUnscaled("rope_scaling");
        if (Positive("partial_rotary_factor") is double factor && factor != 1)
            throw Unsupported("partial_rotary_factor", FormattableString.Invariant($"{factor}"), "1");
        if (!Has("rope_parameters", out JsonElement parameters))
            return Positive(oldField) ?? otherwise;
        string field = "rope_parameters";
        if (layerType is not null && parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(layerType, out JsonElement ofType))
            (field, parameters) = ($"{field}.{layerType}", ofType);
        CheckUnscaled(field, parameters);
        return parameters.TryGetProperty("rope_theta", out JsonElement theta) ? Positive(field + ".rope_theta", theta) : Positive(oldField) ?? otherwise;
    }

    /// <summary>The error for a field whose value is sound but not supported.</summary>
    public NotSupportedException Unsupported(string field, string value, string supported) => new($"'{File}': {field} is {value}; supported is {supported}.");

    /// <summary>The error for fields that contradict each other.</summary>
    public InvalidDataException Contradiction(string sentence) => new($"'{File}': {sentence}");

    private void RequireUnscaled(string field)
    {
        if (Has(field, out JsonElement value))
            CheckUnscaled(field, value);
    }

    private void CheckUnscaled(string field, JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Object)
            throw Bad(field, parameters, "an object of fields");
        foreach (string name in (string[])["rope_type", "type"])
        {
            if (!parameters.TryGetProperty(name, out JsonElement type) || type.ValueKind == JsonValueKind.Null)
                continue;
            if (type.ValueKind != JsonValueKind.String)
                throw Bad($"{field}.{name}", type, "a text");
            if (type.GetString() != "default")
                throw Unsupported($"{field}.{name}", $"'{type.GetString()}'", "default (angles that are not scaled)");
        }
        if (parameters.TryGetProperty("partial_rotary_factor", out JsonElement part) && Positive($"{field}.partial_rotary_factor", part) != 1)
            throw Unsupported($"{field}.partial_rotary_factor", part.GetRawText(), "1");
    }

    private double Positive(string field, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number > 0 && (float)number is > 0 and < float.PositiveInfinity
            ? number
            : throw Bad(field, value, "a positive number");

    private bool Has(string field, out JsonElement value) => _root.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    private InvalidDataException Lacking(string field) => new($"'{File}' lacks the field '{field}'.");

    private InvalidDataException Bad(string field, JsonElement value, string expected) => new($"'{File}': {field} is {value.GetRawText()}; expected {expected}.");
}
