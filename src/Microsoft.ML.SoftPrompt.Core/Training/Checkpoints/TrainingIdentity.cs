using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// What decides the course of a training, by name, so that a checkpoint of another one is told from its own. What is chosen after the last
/// epoch alone (threshold, calibration) is no part of it.
/// </summary>
internal static class TrainingIdentity
{
    /// <param name="backbone">The frozen model.</param>
    /// <param name="table">The pieces of the bins.</param>
    /// <param name="labelKind">What a label belongs to.</param>
    /// <param name="train">The rows that train, in their order.</param>
    /// <param name="validation">The rows that validate, in their order.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="start">Where the training starts.</param>
    public static SortedDictionary<string, string> Of(IBackbone backbone, TokenTable table, LabelKind labelKind, IReadOnlyList<TrainingExample> train,
        IReadOnlyList<TrainingExample> validation, TrainingSettings settings, SoftPromptWeights start)
    {
        BackboneFingerprint model = backbone.Fingerprint;
        return new(StringComparer.Ordinal)
        {
            ["backbone"] = FormattableString.Invariant($"{model.Family} of {model.Layers} layers of {model.HiddenSize}, {model.VocabularySize} tokens, SHA-256 {model.WeightsSha256}"),
            ["backbone precision"] = Backbone.PrecisionOf(backbone).ToString(),
            ["bins"] = FormattableString.Invariant($"{table.BinCount}, in pieces of SHA-256 {Hash(table.HashPieces)}"),
            ["labels"] = labelKind == LabelKind.Series ? "one a series" : "one a value",
            ["training rows"] = Describe(train),
            ["validation rows"] = Describe(validation),
            ["start of the prompt and the head"] = $"SHA-256 {Hash(hash => Append(hash, start))}",
            ["PromptLength"] = Text(settings.PromptLength),
            ["MaxEpochs"] = Text(settings.Epochs),
            ["BatchSize"] = Text(settings.BatchSize),
            ["PromptLearningRate"] = Text(settings.PromptLearningRate),
            ["HeadLearningRate"] = Text(settings.HeadLearningRate),
            ["WeightDecay"] = Text(settings.WeightDecay),
            ["WarmUpFraction"] = Text(settings.WarmUp),
            ["LearningRateDecay"] = settings.LearningRateDecay.ToString(),
            ["GradientClipping"] = Text(settings.GradientClipping),
            ["PositiveClassWeight"] = Text(settings.PositiveClassWeight),
            ["FocalGamma"] = Text(settings.FocalGamma),
            ["AdamW"] = FormattableString.Invariant($"{settings.Beta1}, {settings.Beta2}, {settings.Epsilon}"),
            ["Pooling"] = settings.Pooling.ToString(),
            ["EarlyStopping"] = settings.EarlyStopping.ToString(),
            ["Patience"] = Text(settings.Patience),
            ["Seed"] = Text(settings.Seed),
        };
    }

    /// <summary>Says what differs between a checkpoint's training and this one; empty where nothing does.</summary>
    public static string Differences(IReadOnlyDictionary<string, string> there, IReadOnlyDictionary<string, string> here) =>
        string.Join("; ", here.Keys.Union(there.Keys).Where(name => there.GetValueOrDefault(name) != here.GetValueOrDefault(name))
            .Select(name => $"{name}: {there.GetValueOrDefault(name) ?? "not named"} there, {here.GetValueOrDefault(name) ?? "not named"} here"));

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Describe(IReadOnlyList<TrainingExample> rows) => FormattableString.Invariant($"{rows.Count}, SHA-256 {Hash(hash => Append(hash, rows))}");

    private static string Hash(Action<IncrementalHash> append)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        append(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, IReadOnlyList<TrainingExample> rows)
    {
        foreach ((ReadOnlyMemory<uint> tokens, ReadOnlyMemory<float> labels, float weight) in rows)
        {
            // The sizes first, so that no two lists of rows are the same bytes.
            hash.AppendData(MemoryMarshal.AsBytes<int>([tokens.Length, labels.Length]));
            hash.AppendData(MemoryMarshal.AsBytes(tokens.Span));
            hash.AppendData(MemoryMarshal.AsBytes(labels.Span));
            hash.AppendData(MemoryMarshal.AsBytes<float>([weight]));
        }
    }

    private static void Append(IncrementalHash hash, SoftPromptWeights weights)
    {
        foreach (ReadOnlyMemory<float> part in (ReadOnlySpan<ReadOnlyMemory<float>>)[weights.Prompt, weights.MissingRow, weights.HeadWeight, new[] { weights.HeadBias }])
            hash.AppendData(MemoryMarshal.AsBytes(part.Span));
    }
}
