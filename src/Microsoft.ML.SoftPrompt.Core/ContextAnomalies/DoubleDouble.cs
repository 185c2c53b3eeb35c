namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>
/// An unevaluated sum of two doubles, some 31 decimal digits. With sums this long the squared deviations of every part of a series follow
/// from running sums: <c>n Σx² − (Σx)²</c> keeps its digits where values lie far from zero or parts far from each other, and is exactly
/// zero where a part of Single values is constant.
/// </summary>
/// <remarks>T. J. Dekker, "A floating-point technique for extending the available precision", 1971; the product by a fused multiply-add.</remarks>
internal readonly struct DoubleDouble
{
    // Sums of a million terms are good to some 1e-27 of their size; two different Single values, squared, differ by 1e-15 of theirs.
    private const double Rounding = 1e-26;

    private readonly double _high;
    private readonly double _low;

    private DoubleDouble(double high, double low) => (_high, _low) = (high, low);

    public static implicit operator DoubleDouble(double value) => new(value, 0);

    public static explicit operator double(DoubleDouble value) => value._high;

    public static DoubleDouble operator +(DoubleDouble left, DoubleDouble right)
    {
        double sum = left._high + right._high, part = sum - left._high;
        double error = left._high - (sum - part) + (right._high - part);
        return Normalized(sum, error + (left._low + right._low));
    }

    public static DoubleDouble operator -(DoubleDouble value) => new(-value._high, -value._low);

    public static DoubleDouble operator -(DoubleDouble left, DoubleDouble right) => left + -right;

    public static DoubleDouble operator *(DoubleDouble left, DoubleDouble right)
    {
        double product = left._high * right._high;
        double error = Math.FusedMultiplyAdd(left._high, right._high, -product);
        return Normalized(product, error + (left._high * right._low + left._low * right._high));
    }

    /// <summary>The difference, or zero where it is nothing but the rounding of the two: ties and degenerate series depend on that.</summary>
    public static DoubleDouble Difference(DoubleDouble left, DoubleDouble right)
    {
        DoubleDouble difference = left - right;
        double scale = Math.Max(Math.Abs(left._high), Math.Abs(right._high));
        return Math.Abs(difference._high) <= Rounding * scale ? 0 : difference;
    }

    private static DoubleDouble Normalized(double high, double low)
    {
        double sum = high + low;
        return new DoubleDouble(sum, low - (sum - high));
    }
}
