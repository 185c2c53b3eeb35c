using Microsoft.ML.SoftPrompt.Baselines;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

/// <summary>The rows of a task in three parts, of which no two share a reading, nor a patient where there are patients.</summary>
/// <param name="Training">What methods learn from that learn no classes: the scale of the values.</param>
/// <param name="Balanced">What methods learn from that learn classes: the training part, with the synthetic series where the protocol makes them.</param>
/// <param name="Synthetic">How many of the balanced series are synthetic.</param>
/// <param name="Validation">Series that choose the epoch and the threshold.</param>
/// <param name="Test">Series that are scored once.</param>
internal sealed record BenchmarkData(
    IReadOnlyList<LabeledSeries> Training,
    IReadOnlyList<LabeledSeries> Balanced,
    int Synthetic,
    IReadOnlyList<LabeledSeries> Validation,
    IReadOnlyList<LabeledSeries> Test)
{
    /// <summary>Whether a label stands for every value rather than for the series.</summary>
    public bool LabelsPoints { get; init; }
}
