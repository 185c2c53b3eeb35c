namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>A series to learn from.</summary>
/// <param name="Tokens">A key a value: bin + 1, or 0 for a missing value.</param>
/// <param name="Labels">0 (normal) or 1 (anomalous): one for the series, or one for each value.</param>
/// <param name="Weight">How much the series counts in the loss, at least 0.</param>
internal sealed record TrainingExample(ReadOnlyMemory<uint> Tokens, ReadOnlyMemory<float> Labels, float Weight = 1)
{
    public bool HasAnomaly => Labels.Span.Contains(1f);

    public bool HasNormal => Labels.Span.Contains(0f);

    public bool HasMissing => Tokens.Span.Contains(Series.Quantizer.Missing);
}
