using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

/// <summary>What becomes of the rows in front of every series.</summary>
internal enum SpearPrompt
{
    /// <summary>Prompt and head learn.</summary>
    Trained,

    /// <summary>The head learns, behind rows that stay as they start.</summary>
    Untrained,

    /// <summary>The head learns, on the frozen model's own hidden states.</summary>
    None,
}

/// <summary>How SPEAR is run in a comparison.</summary>
/// <param name="PromptLength">Rows of the prompt; not used where there is none.</param>
/// <param name="BinCount">Bins that values are quantized into.</param>
/// <param name="Epochs">Passes over the training series.</param>
/// <param name="BackbonePath">A language model's folder or file; null for MiniLM.</param>
/// <param name="ScaleEachSeries">Whether each series is scaled by its own range; otherwise each group is by that of its training part.</param>
/// <param name="Set">Further options of the trainer, or with <c>Quantizer.</c> in front of the quantizer, by their names.</param>
internal sealed record SpearSettings(SpearPrompt Prompt, int PromptLength, int BinCount, int Epochs, string? BackbonePath, bool ScaleEachSeries, IReadOnlyDictionary<string, string> Set)
{
    private const string QuantizerPrefix = "Quantizer.";

    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() }, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>Gets how cells and tables call the language model.</summary>
    public string Backbone => BackboneName(BackbonePath);

    /// <summary>How cells and tables call what lies at a path.</summary>
    public static string BackboneName(string? path) => path is null ? "MiniLM" : Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    /// <summary>The quantizer's options, with those that were set.</summary>
    public QuantizingEstimator.Options Quantizer(QuantizingEstimator.Options options)
    {
        options.BinCount = BinCount;
        return With(options, Set.Where(pair => pair.Key.StartsWith(QuantizerPrefix, StringComparison.Ordinal)).Select(pair => (pair.Key[QuantizerPrefix.Length..], pair.Value)));
    }

    /// <summary>The trainer's options, with those that were set.</summary>
    public SoftPromptAnomalyTrainer.Options Trainer(SoftPromptAnomalyTrainer.Options options)
    {
        options.MaxEpochs = Epochs;
        options.PromptLength = PromptLength;
        options = With(options, Set.Where(pair => !pair.Key.StartsWith(QuantizerPrefix, StringComparison.Ordinal)).Select(pair => (pair.Key, pair.Value)));
        if (Prompt == SpearPrompt.Untrained)
            options.PromptLearningRate = 0;
        if (Prompt == SpearPrompt.None)
            options.PromptLength = 0;
        return options;
    }

    /// <summary>Sets properties by name; a value is JSON, or a text.</summary>
    /// <exception cref="ToolException">There is no such property, or it takes no such value.</exception>
    private static TOptions With<TOptions>(TOptions options, IEnumerable<(string Name, string Value)> settings)
    {
        foreach ((string name, string value) in settings)
        {
            JsonObject node = JsonSerializer.SerializeToNode(options, Json)!.AsObject();
            if (!node.ContainsKey(name))
                throw new ToolException($"--set {name}={value}: there is no such option. There are {string.Join(", ", node.Select(pair => pair.Key).Order(StringComparer.Ordinal))}.");
            try
            {
                node[name] = Parse(value);
                options = node.Deserialize<TOptions>(Json)!;
            }
            catch (JsonException fault)
            {
                throw new ToolException($"--set {name}={value}: the option takes no such value ({fault.Message})", fault);
            }
        }
        return options;
    }

    private static JsonNode? Parse(string value)
    {
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return value;
        }
    }
}
