using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>The Euclidean nearest neighbours of series among themselves, found by comparing every pair.</summary>
internal static class NearestNeighbours
{
    /// <summary>
    /// Gives the neighbours of each series by index, nearest first and of equally near ones the earlier first. Series that differ in group
    /// or length, or have no present value in common, are no neighbours, so there may be fewer than asked for.
    /// </summary>
    /// <param name="series">The series.</param>
    /// <param name="count">Neighbours wanted of each.</param>
    public static int[][] Find(IReadOnlyList<RowSeries> series, int count)
    {
        var nearest = new int[series.Count][];
        Scheduler.Run(series.Count, i => nearest[i] = Find(series, count, series[i]));
        return nearest;
    }

    /// <summary>
    /// The distance over the positions where both values are present, scaled to all of them: √(length / present · Σ (x − y)²), as
    /// scikit-learn's nan_euclidean_distances. NaN where there is no such position.
    /// </summary>
    public static double Distance(double[] x, double[] y)
    {
        double sum = 0;
        int present = 0;
        for (int t = 0; t < x.Length; t++)
        {
            double difference = x[t] - y[t];
            if (double.IsNaN(difference))
                continue;
            sum += difference * difference;
            present++;
        }
        return Math.Sqrt(sum * x.Length / present);
    }

    private static int[] Find(IReadOnlyList<RowSeries> series, int count, RowSeries of)
    {
        var nearest = new int[Math.Min(count, series.Count - 1)];
        var distances = new double[nearest.Length];
        int found = 0;
        for (int i = 0; i < series.Count; i++)
        {
            if (series[i] == of || series[i].Group != of.Group || series[i].Values.Length != of.Values.Length)
                continue;
            double distance = Distance(of.Values, series[i].Values);
            int place = found;
            while (place > 0 && distance < distances[place - 1])
                place--;
            if (double.IsNaN(distance) || place == nearest.Length)
                continue;
            found = Math.Min(found + 1, nearest.Length);
            for (int behind = found - 1; behind > place; behind--)
                (nearest[behind], distances[behind]) = (nearest[behind - 1], distances[behind - 1]);
            (nearest[place], distances[place]) = (i, distance);
        }
        return nearest[..found];
    }
}
