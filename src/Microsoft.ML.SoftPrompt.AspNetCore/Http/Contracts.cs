using System.Text.Json.Serialization;
using Microsoft.ML.SoftPrompt.AspNetCore.Models;

namespace Microsoft.ML.SoftPrompt.AspNetCore.Http;

/// <summary>One series (`values`, and `key` where the model has groups), or many (`series`).</summary>
internal sealed record ScoreRequest
{
    /// <summary>The series' group, for a model with groups.</summary>
    public string? Key { get; init; }

    /// <summary>The values of one series in time order; null is a missing value.</summary>
    public float?[]? Values { get; init; }

    /// <summary>Many series, in place of `values`.</summary>
    public SeriesInput[]? Series { get; init; }

    /// <summary>Whether each reading's score is wanted, too.</summary>
    public bool Readings { get; init; }
}

/// <summary>A series.</summary>
internal sealed record SeriesInput
{
    /// <summary>The series' group, for a model with groups.</summary>
    public string? Key { get; init; }

    /// <summary>Its values in time order; null is a missing value.</summary>
    public required float?[] Values { get; init; }
}

/// <summary>The answers to the series of a request, in their order, and the model that gave them.</summary>
internal sealed record ScoreAnswer(ModelName Model, IReadOnlyList<SeriesAnswer> Series);

/// <summary>Which model answered.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Version">The first digits of the file's SHA-256.</param>
/// <param name="Threshold">The score strictly above which it flags.</param>
internal sealed record ModelName(string Name, string Version, float Threshold)
{
    public static ModelName Of(ServedModel model) => new(model.Name, model.Version, model.Parameters.ScoreThreshold);
}

/// <summary>What was found in a series.</summary>
/// <param name="Windows">Its windows in their order.</param>
/// <param name="Found">The stretches of readings that the model flags: those whose mean score, over the windows that hold them, is above the threshold.</param>
/// <param name="Readings">Each reading's mean score, where asked for.</param>
internal sealed record SeriesAnswer(IReadOnlyList<WindowAnswer> Windows, IReadOnlyList<StretchAnswer> Found, ReadingsAnswer? Readings = null)
{
    /// <summary>As it was asked; absent where none was given.</summary>
    [JsonPropertyOrder(-1)]
    public string? Key { get; init; }

    /// <summary>Whether the model was fitted on this group; the values of an unknown one are scaled by the range of all. Absent for a model without groups.</summary>
    [JsonPropertyOrder(-1)]
    public bool? KnownKey { get; init; }
}

/// <summary>A window of a series.</summary>
/// <param name="Start">Index of its first reading, from 0.</param>
/// <param name="Length">Its readings.</param>
/// <param name="Score">The logit; the highest of its readings where the model labels every reading.</param>
/// <param name="Probability">The probability of that score, 0 to 1.</param>
/// <param name="Label">Whether the score is above the threshold.</param>
internal sealed record WindowAnswer(int Start, int Length, float Score, float Probability, bool Label);

/// <summary>Readings next to one another that the model flags.</summary>
/// <param name="Start">Index of the first, from 0.</param>
/// <param name="Length">How many.</param>
/// <param name="Score">The highest score among them.</param>
/// <param name="Probability">The probability of that score, 0 to 1.</param>
internal sealed record StretchAnswer(int Start, int Length, float Score, float Probability);

/// <summary>A score for each reading.</summary>
/// <param name="Scores">Mean logits over the windows that hold the reading.</param>
/// <param name="Probabilities">Their probabilities, 0 to 1.</param>
internal sealed record ReadingsAnswer(IReadOnlyList<float> Scores, IReadOnlyList<float> Probabilities);

/// <summary>Readings of a stream, in the order of their arrival.</summary>
internal sealed record StreamRequest
{
    /// <summary>Their values; null is a missing value.</summary>
    public required float?[] Values { get; init; }

    /// <summary>When each was taken; a time without an offset is universal time. Left out, the order of arrival is the order of time.</summary>
    public DateTime[]? Times { get; init; }
}

/// <summary>The scores that became due.</summary>
/// <param name="Model">The model that gave them.</param>
/// <param name="Key">The stream.</param>
/// <param name="Scores">One for each trailing window that became due, in the order of the readings; often none.</param>
internal sealed record StreamAnswer(ModelName Model, string Key, IReadOnlyList<StreamScoreAnswer> Scores)
{
    /// <summary>Whether the model was fitted on this group; absent for a model without groups.</summary>
    public bool? KnownKey { get; init; }
}

/// <summary>The score of the window that ends with a reading.</summary>
/// <param name="Index">Index of the reading within its stream, from 0.</param>
/// <param name="Score">The logit.</param>
/// <param name="Probability">The probability, 0 to 1.</param>
/// <param name="Label">Whether the score is above the threshold.</param>
internal sealed record StreamScoreAnswer(long Index, float Score, float Probability, bool Label)
{
    /// <summary>The reading's time, where it has one.</summary>
    public DateTime? Time { get; init; }
}

/// <summary>Whether requests can be answered.</summary>
/// <param name="Status">`ready`, or `no model`.</param>
/// <param name="Model">The model that is served.</param>
/// <param name="Fault">Why the model's file, as it is now, is not served. The model before it goes on.</param>
internal sealed record HealthAnswer(string Status, HealthModel? Model = null, HealthFault? Fault = null);

/// <summary>The model that is served.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Version">The first digits of the file's SHA-256.</param>
/// <param name="Since">When it was loaded.</param>
/// <param name="Backbone">The language model under it.</param>
/// <param name="Window">Readings in a window.</param>
/// <param name="Stride">Readings from one window's start to the next.</param>
/// <param name="Labels">What it labels: `windows` or `readings`.</param>
/// <param name="Threshold">The score strictly above which it flags.</param>
/// <param name="Groups">How many groups it was fitted on; absent for a model without groups.</param>
internal sealed record HealthModel(string Name, string Version, DateTimeOffset Since, string Backbone, int Window, int Stride, string Labels, float Threshold, int? Groups = null);

/// <summary>What is wrong with the model's file.</summary>
/// <param name="At">When it was found.</param>
/// <param name="Detail">What it is.</param>
internal sealed record HealthFault(DateTimeOffset At, string Detail);

/// <summary>How bodies are read and written: strictly, so that a slip of the pen is not taken for a default.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8)]
[JsonSerializable(typeof(ScoreRequest))]
[JsonSerializable(typeof(ScoreAnswer))]
[JsonSerializable(typeof(StreamRequest))]
[JsonSerializable(typeof(StreamAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class Contracts : JsonSerializerContext;
