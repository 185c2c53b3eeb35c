using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>What the values of a series are scaled by.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SeriesScale>))]
internal enum SeriesScale
{
    /// <summary>The range of each group's own training part.</summary>
    Group,

    /// <summary>One range over the training parts of all groups.</summary>
    All,

    /// <summary>Each window's own range.</summary>
    Window,
}

/// <summary>How a model is trained. The defaults are those of the command line; the method's are the paper's where it gives one.</summary>
internal sealed record TrainingSettings
{
    public int Window { get; init; } = 50;

    public int Stride { get; init; } = 50;

    /// <summary>Gets whether every reading has its label, instead of every window.</summary>
    public bool PointLabels { get; init; }

    public SeriesScale Scale { get; init; }

    public int Bins { get; init; } = 100;

    public int PromptLength { get; init; } = 20;

    public int Epochs { get; init; } = 40;

    public int BatchSize { get; init; } = 32;

    public double PromptLearningRate { get; init; } = 0.03;

    public double HeadLearningRate { get; init; } = 0.01;

    /// <summary>Gets which hidden state answers for a window; not used where every reading has its label.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<SoftPromptPooling>))]
    public SoftPromptPooling Pooling { get; init; } = SoftPromptPooling.Mean;

    public double PositiveWeight { get; init; } = 1;

    /// <summary>Gets how many training windows of the rarer class there are to be for each of the other, or null where none are made.</summary>
    public double? Balance { get; init; }

    /// <summary>Gets from how many nearest neighbours synthetic windows are made.</summary>
    public int Neighbours { get; init; } = 5;

    [JsonConverter(typeof(JsonStringEnumConverter<SoftPromptEarlyStopping>))]
    public SoftPromptEarlyStopping EarlyStopping { get; init; } = SoftPromptEarlyStopping.None;

    public int Patience { get; init; } = 5;

    [JsonConverter(typeof(JsonStringEnumConverter<SoftPromptThresholdRule>))]
    public SoftPromptThresholdRule Threshold { get; init; } = SoftPromptThresholdRule.F1;

    /// <summary>Gets the precision, the recall or the fixed probability that the threshold aims at; not used for F1.</summary>
    public double ThresholdTarget { get; init; } = 0.5;

    /// <summary>Gets whether probabilities are fitted on the validation part.</summary>
    public bool Calibrate { get; init; }

    public int Seed { get; init; } = 1;

    public string Split { get; init; } = "80/20/0";

    /// <summary>Gets the backbone's path, or null for the default one.</summary>
    public string? Backbone { get; init; }

    /// <summary>Gets how the backbone keeps its matrices.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<WeightPrecision>))]
    public WeightPrecision BackbonePrecision { get; init; } = WeightPrecision.Full;
}
