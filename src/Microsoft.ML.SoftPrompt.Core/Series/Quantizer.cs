namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>Turns values into tokens and back. A bin's token is its number + 1; 0 is the missing value.</summary>
internal sealed class Quantizer(Bins bins, OutsideValues outsideValues)
{
    /// <summary>The missing value's token.</summary>
    public const uint Missing = 0;

    /// <summary>All bins, and two for values outside the range.</summary>
    public const int MaximumTokenCount = BinSettings.MaximumBinCount + 2;

    // With bins of their own, the one for values below the range comes first.
    private readonly uint _firstBin = outsideValues == OutsideValues.OwnBins ? 2u : 1u;

    public Bins Bins => bins;

    /// <summary>The highest token.</summary>
    public int TokenCount { get; } = GetTokenCount(bins.Count, outsideValues);

    public static int GetTokenCount(int binCount, OutsideValues outsideValues) => outsideValues == OutsideValues.OwnBins ? binCount + 2 : binCount;

    /// <param name="value">NaN or a finite value.</param>
    /// <param name="isOutside">Whether the value lies outside the fitted range.</param>
    public uint Quantize(float value, out bool isOutside)
    {
        isOutside = value < bins.Minimum || value > bins.Maximum;
        if (float.IsNaN(value) || isOutside && outsideValues == OutsideValues.Missing)
            return Missing;
        if (isOutside)
            return value < bins.Minimum ? 1 : (uint)TokenCount;
        return (uint)bins.Find(value) + _firstBin;
    }

    /// <summary>Gets the tokens of a series.</summary>
    /// <returns>The number of values outside the fitted range.</returns>
    public int Quantize(ReadOnlySpan<float> values, Span<uint> tokens)
    {
        int outside = 0;
        for (int i = 0; i < values.Length; i++)
        {
            tokens[i] = Quantize(values[i], out bool isOutside);
            if (isOutside)
                outside++;
        }
        return outside;
    }

    /// <summary>The value that a token stands for: the centre of its bin, NaN for the missing one, and the range's limit for those outside.</summary>
    /// <param name="token">0 to <see cref="TokenCount"/>.</param>
    public float Dequantize(uint token)
    {
        if (token == Missing)
            return float.NaN;
        return token < _firstBin ? bins.Minimum
            : token - _firstBin == bins.Count ? bins.Maximum
            : (float)bins.GetCenter((int)(token - _firstBin));
    }
}
