namespace Microsoft.ML.SoftPrompt.Series;

/// <summary>Quantiles of a sample, by linear interpolation between the two nearest values (type 7 of Hyndman and Fan, 1996; NumPy's default).</summary>
internal static class Quantiles
{
    /// <param name="sorted">The values in rising order, at least one, none NaN.</param>
    /// <param name="probability">0 (the smallest value) to 1 (the largest).</param>
    public static float Of(ReadOnlySpan<float> sorted, double probability)
    {
        double place = probability * (sorted.Length - 1);
        int below = (int)place;
        double weight = place - below;
        // In double, where the difference of two Singles cannot overflow.
        return weight == 0 ? sorted[below] : (float)(sorted[below] + ((double)sorted[below + 1] - sorted[below]) * weight);
    }
}
