namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A labelled series, as every method of a comparison sees it.</summary>
/// <param name="Values">The values in time order, at least one; NaN is a missing value.</param>
/// <param name="Labels">Whether it is anomalous: one for the series, or one a value.</param>
public sealed record LabeledSeries(ReadOnlyMemory<float> Values, ReadOnlyMemory<bool> Labels)
{
    /// <summary>Gets the times of the values in days since the first, rising; empty where they are not known, which methods take as equal steps of one.</summary>
    public ReadOnlyMemory<double> Times { get; init; }

    /// <summary>Gets what shares a scale with it: a file, a stream, a lab test; empty where all do.</summary>
    public string Group { get; init; } = "";

    /// <summary>Gets what no split may part it from: a patient, a file, a stream; empty where each stands alone.</summary>
    public string Source { get; init; } = "";
}
