namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>How bins are laid over values.</summary>
/// <param name="BinCount">N.</param>
/// <param name="Binning">Equally wide, or at quantiles.</param>
/// <param name="LowerQuantile">The quantile at which the range begins; 0 for the smallest value.</param>
/// <param name="UpperQuantile">The quantile at which the range ends; 1 for the largest value.</param>
internal sealed record BinSettings(int BinCount, QuantizationBinning Binning, double LowerQuantile, double UpperQuantile)
{
    /// <summary>With one bin every series would be the same.</summary>
    public const int MinimumBinCount = 2;

    /// <summary>The numerals 0 … 1999 are the ones whose pieces the reference values cover; finer bins than this no series of 100 values needs.</summary>
    public const int MaximumBinCount = 2000;

    /// <summary>Whether the limits of the values are not enough.</summary>
    public bool NeedsValues => Binning == QuantizationBinning.Quantile || LowerQuantile > 0 || UpperQuantile < 1;

    /// <summary>What is wrong with the settings, in the words of the options.</summary>
    public IEnumerable<string> GetFaults()
    {
        if (BinCount is < MinimumBinCount or > MaximumBinCount)
            yield return $"BinCount is {BinCount}; expected {MinimumBinCount} to {MaximumBinCount}.";
        if (!Enum.IsDefined(Binning))
            yield return $"Binning is {Binning}; expected one of {string.Join(", ", Enum.GetNames<QuantizationBinning>())}.";
        // Written so that NaN is a fault.
        if (!(0 <= LowerQuantile && LowerQuantile < UpperQuantile && UpperQuantile <= 1))
            yield return FormattableString.Invariant($"LowerQuantile is {LowerQuantile} and UpperQuantile {UpperQuantile}; expected 0 ≤ LowerQuantile < UpperQuantile ≤ 1.");
    }

    /// <summary>Learns the range of a sample that is not empty.</summary>
    public FittedRange Fit(ValueSample sample)
    {
        if (!NeedsValues)
            return new FittedRange(sample.Range.Minimum, sample.Range.Maximum);
        var sorted = sample.Sort();
        var innerEdges = Binning == QuantizationBinning.Quantile ? new float[BinCount - 1] : null;
        for (int i = 0; i < innerEdges?.Length; i++)
            innerEdges[i] = Quantiles.Of(sorted, LowerQuantile + (UpperQuantile - LowerQuantile) * (i + 1) / BinCount);
        return new FittedRange(Quantiles.Of(sorted, LowerQuantile), Quantiles.Of(sorted, UpperQuantile), innerEdges);
    }

    /// <summary>Whether a range, perhaps from a file, is one that these settings give.</summary>
    public bool Fits(FittedRange range) => range.IsInOrder && range.InnerEdges?.Length == (Binning == QuantizationBinning.Quantile ? BinCount - 1 : null);

    public Bins CreateBins(FittedRange range) => range.InnerEdges is { } inner
        ? new QuantileBins([range.Minimum, .. inner, range.Maximum])
        : new UniformBins(range.Minimum, range.Maximum, BinCount);
}
