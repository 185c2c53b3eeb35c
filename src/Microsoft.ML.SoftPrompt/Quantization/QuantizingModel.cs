using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>What a fitted quantizer is made of, as it stands in a model file.</summary>
internal sealed record QuantizingModel(string OutputColumnName, string InputColumnName, string? GroupColumnName, int BinCount, FittedRanges Ranges)
{
    /// <summary>Checks a model that came from a file.</summary>
    public QuantizingModel Validated()
    {
        if (string.IsNullOrEmpty(OutputColumnName) || string.IsNullOrEmpty(InputColumnName) || GroupColumnName is "")
            throw new InvalidDataException("The model file's quantizer has an empty column name.");
        if (BinCount is < Quantizer.MinimumBinCount or > Quantizer.MaximumBinCount)
            throw new InvalidDataException($"The model file's quantizer has {BinCount} bins; expected {Quantizer.MinimumBinCount} to {Quantizer.MaximumBinCount}.");
        foreach (var range in Ranges.Groups.Values.Append(Ranges.Whole))
            if (!float.IsFinite(range.Minimum) || !float.IsFinite(range.Maximum) || range.IsEmpty)
                throw new InvalidDataException($"The model file's quantizer has the range {range.Minimum} to {range.Maximum}; expected finite limits in order.");
        return this;
    }
}
