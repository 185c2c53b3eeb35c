using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// What a fitted quantizer is made of, as it stands in a model file. Version 1 of the file has the first five; the defaults of the others are what
/// it did.
/// </summary>
internal sealed record QuantizingModel(
    string OutputColumnName,
    string InputColumnName,
    string? GroupColumnName,
    int BinCount,
    FittedRanges Ranges,
    bool ScaleEachSeries = false,
    QuantizationBinning Binning = QuantizationBinning.Uniform,
    double LowerQuantile = 0,
    double UpperQuantile = 1,
    OutsideValues OutsideValues = OutsideValues.EndBins)
{
    public BinSettings Bins => new(BinCount, Binning, LowerQuantile, UpperQuantile);

    public int TokenCount => Quantizer.GetTokenCount(BinCount, OutsideValues);

    public Quantizer CreateQuantizer(FittedRange range) => new(Bins.CreateBins(range), OutsideValues);

    /// <summary>Checks a model that came from a file.</summary>
    public QuantizingModel Validated()
    {
        if (string.IsNullOrEmpty(OutputColumnName) || string.IsNullOrEmpty(InputColumnName) || GroupColumnName is "")
            throw new InvalidDataException("The model file's quantizer has an empty column name.");
        foreach (string fault in Bins.GetFaults())
            throw new InvalidDataException($"The model file's quantizer is damaged: {fault}");
        if (!Enum.IsDefined(OutsideValues))
            throw new InvalidDataException($"The model file's quantizer has the unknown rule {OutsideValues} for values outside the range.");
        if (ScaleEachSeries != Ranges.Whole is null || (ScaleEachSeries || GroupColumnName is null) && Ranges.Groups.Count > 0)
            throw new InvalidDataException("The model file's quantizer has fitted ranges that do not go with its scaling: one of the whole unless every series is scaled by itself, and of groups only with a group column.");
        if (Ranges.Groups.FirstOrDefault(pair => pair.Value is null) is { Key: { } rangeless })
            throw new InvalidDataException($"The model file's quantizer has no range for group '{rangeless}'.");
        foreach (var range in Ranges.Groups.Values.Concat(Ranges.Whole is { } whole ? [whole] : []))
            if (!Bins.Fits(range))
                throw new InvalidDataException(FormattableString.Invariant($"The model file's quantizer has the range {range.Minimum} to {range.Maximum} with {range.InnerEdges?.Length ?? 0} edges inside; expected finite limits and edges in order, as many as {Binning} bins have."));
        return this;
    }
}
