namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>
/// Scales values to [0, 1] over a fitted range and cuts that into equal bins (SPEAR, eq. (1)):
/// <c>q = min(N − 1, ⌊(x − min) / (max − min) · N⌋)</c>. A token is the key <c>q + 1</c>; 0 is the missing value.
/// </summary>
/// <remarks>
/// Values below the range go to bin 0 and above it to bin N − 1, and are counted as outside. Where the range is a single value, that
/// value goes to the middle bin N / 2, so that what later lies below or above it still differs from it.
/// </remarks>
internal sealed class Quantizer
{
    /// <summary>The missing value's token.</summary>
    public const uint Missing = 0;

    /// <summary>With one bin every series would be the same.</summary>
    public const int MinimumBinCount = 2;

    /// <summary>The numerals 0 … 1999 are the ones whose pieces the reference values cover; finer bins than this no series of 100 values needs.</summary>
    public const int MaximumBinCount = 2000;

    private readonly double _minimum;
    private readonly double _maximum;

    public Quantizer(ValueRange range, int binCount)
    {
        if (binCount is < MinimumBinCount or > MaximumBinCount)
            throw new ArgumentOutOfRangeException(nameof(binCount), binCount, $"The number of bins is {binCount}; it must be {MinimumBinCount} to {MaximumBinCount}.");
        if (range.IsEmpty || !float.IsFinite(range.Minimum) || !float.IsFinite(range.Maximum))
            throw new ArgumentException($"The range of the values is {range.Minimum} to {range.Maximum}; bins need at least one value and finite limits.", nameof(range));
        Range = range;
        BinCount = binCount;
        (_minimum, _maximum) = (range.Minimum, range.Maximum);
    }

    public ValueRange Range { get; }

    public int BinCount { get; }

    /// <summary>Gives the token of a value: 0 for NaN, else its bin + 1.</summary>
    /// <param name="value">NaN or a finite value.</param>
    /// <param name="outside">Whether the value lies outside the fitted range.</param>
    public uint Quantize(float value, out bool outside)
    {
        outside = value < _minimum || value > _maximum;
        if (float.IsNaN(value))
            return Missing;
        if (value < _minimum)
            return 1;
        if (value > _maximum)
            return (uint)BinCount;
        if (_minimum == _maximum)
            return (uint)(BinCount / 2) + 1;
        // In double, where the difference of two Singles cannot overflow.
        double scaled = (value - _minimum) / (_maximum - _minimum);
        return (uint)Math.Min(BinCount - 1, (int)(scaled * BinCount)) + 1;
    }

    /// <summary>Gives the tokens of a series.</summary>
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
}
