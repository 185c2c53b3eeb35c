using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.MiniLM;

namespace Microsoft.ML.SoftPrompt.Benchmarks.Experiments;

/// <summary>Trains on a data set with given settings, through the public stages, and scores its test part.</summary>
/// <param name="Data">The data.</param>
/// <param name="Settings">Names and values of options that differ from their defaults: the trainer's, or with <c>Quantizer.</c> in front the quantizer's.</param>
/// <param name="BackbonePath">Folder of the backbone; null for MiniLM.</param>
internal sealed record Experiment(ExperimentData Data, SortedDictionary<string, string> Settings, string? BackbonePath)
{
    private const string QuantizerPrefix = "Quantizer.", Label = "Label", Tokens = "Tokens", Series = "Series", Group = "Group";

    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() }, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>The settings as the results name them.</summary>
    public string Name => Settings.Count == 0 ? "defaults" : string.Join(' ', Settings.Select(pair => $"{pair.Key}={pair.Value}"));

    public string Backbone => BackbonePath is null ? "MiniLM" : Path.GetFileName(Path.TrimEndingDirectorySeparator(BackbonePath));

    public ExperimentResult Run(MLContext ml, Arm arm, int seed)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        IBackbone backbone = BackbonePath is null ? MiniLMBackbone.Open() : Backbones.Backbone.Open(BackbonePath);
        var quantizer = ml.Transforms.QuantizeSeries(Quantizer());
        var trainer = ml.AnomalyDetection.Trainers.SoftPrompt(Trainer(arm, seed, arm == Arm.Trained ? backbone : new FrozenStates(backbone)));
        var train = ml.Data.LoadFromEnumerable(Data.Train);
        var tokens = quantizer.Fit(train);
        var fitted = trainer.Fit(tokens.Transform(train), tokens.Transform(ml.Data.LoadFromEnumerable(Data.Validation)));
        var test = fitted.Transform(tokens.Transform(ml.Data.LoadFromEnumerable(Data.Test)));
        float[] scores = [.. ml.Data.CreateEnumerable<Answer>(test, reuseRowObject: true).Select(answer => answer.Score)];
        return new ExperimentResult(Data.Name, Backbone, Name, arm, seed, fitted.Model.BestEpoch, fitted.Model.TrainingHistory,
            System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds, scores);
    }

    private QuantizingEstimator.Options Quantizer() => With(new QuantizingEstimator.Options
    {
        OutputColumnName = Tokens,
        InputColumnName = Series,
        GroupColumnName = Data.ByGroup ? Group : null,
        ScaleEachSeries = !Data.ByGroup,
    }, Settings.Where(pair => pair.Key.StartsWith(QuantizerPrefix, StringComparison.Ordinal)).Select(pair => (pair.Key[QuantizerPrefix.Length..], pair.Value)));

    private SoftPromptAnomalyTrainer.Options Trainer(Arm arm, int seed, IBackbone backbone)
    {
        var options = With(new SoftPromptAnomalyTrainer.Options { LabelColumnName = Label, FeatureColumnName = Tokens, Seed = seed },
            Settings.Where(pair => !pair.Key.StartsWith(QuantizerPrefix, StringComparison.Ordinal)).Select(pair => (pair.Key, pair.Value)));
        options.Backbone = backbone;
        if (arm == Arm.Initial)
            options.PromptLearningRate = 0;
        if (arm == Arm.None)
            options.PromptLength = 0;
        return options;
    }

    /// <summary>Sets properties by name; a value is JSON, or a text.</summary>
    private static TOptions With<TOptions>(TOptions options, IEnumerable<(string Name, string Value)> settings)
    {
        JsonObject node = JsonSerializer.SerializeToNode(options, Json)!.AsObject();
        foreach ((string name, string value) in settings)
            node[name] = Parse(value);
        return node.Deserialize<TOptions>(Json)!;
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

    private sealed class Answer
    {
        public float Score { get; set; }
    }
}
