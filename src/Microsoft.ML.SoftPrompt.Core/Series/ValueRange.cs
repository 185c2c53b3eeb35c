namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>The smallest and the largest value seen; missing values (NaN) count for nothing.</summary>
internal readonly record struct ValueRange(float Minimum, float Maximum)
{
    /// <summary>The range of no values, to be widened.</summary>
    public static ValueRange Empty => new(float.PositiveInfinity, float.NegativeInfinity);

    public bool IsEmpty => Minimum > Maximum;

    /// <summary>The range that also holds the values. The caller has refused infinities.</summary>
    public ValueRange Include(ReadOnlySpan<float> values)
    {
        (float minimum, float maximum) = (Minimum, Maximum);
        foreach (float value in values)
        {
            // Written so that NaN fails both comparisons.
            if (value < minimum)
                minimum = value;
            if (value > maximum)
                maximum = value;
        }
        return new ValueRange(minimum, maximum);
    }
}
