namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>Brings series to one length.</summary>
internal static class Resampling
{
    /// <summary>The series at their median length; of two middle lengths the shorter.</summary>
    public static RowSeries[] ToMedianLength(IReadOnlyList<RowSeries> series)
    {
        int[] lengths = series.Select(item => item.Values.Length).Order().ToArray();
        int median = lengths[(lengths.Length - 1) / 2];
        return series.Select(item => item with { Values = ToLength(item.Values, median) }).ToArray();
    }

    /// <summary>
    /// Values at equal steps from the first to the last, between two values on the line through them (missing where one of them is); for a
    /// single value the middle.
    /// </summary>
    public static double[] ToLength(double[] series, int length)
    {
        if (series.Length == length)
            return series;
        var resampled = new double[length];
        for (int t = 0; t < length; t++)
        {
            double place = length == 1 ? (series.Length - 1) / 2.0 : (double)t * (series.Length - 1) / (length - 1);
            int before = (int)place;
            double weight = place - before;
            resampled[t] = weight == 0 ? series[before] : TSmote.Interpolate(series[before], series[before + 1], weight);
        }
        return resampled;
    }
}
