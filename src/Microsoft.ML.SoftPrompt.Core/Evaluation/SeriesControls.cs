namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>
/// Scores that need no model. Every result is shown beside them: a detector that does not beat the largest deviation or the largest
/// jump in a window has learned nothing that a line of code does not know.
/// </summary>
public static class SeriesControls
{
    /// <summary>Computes the mean and the population standard deviation of the values of a training part; missing values (NaN) are skipped.</summary>
    /// <param name="values">Finite numbers and NaN.</param>
    /// <returns>The mean and the deviation (0 for a single value).</returns>
    /// <exception cref="ArgumentException">There is no value besides NaN.</exception>
    public static (double Mean, double Deviation) MeanAndDeviation(IEnumerable<float> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        // Welford's recurrence: one pass, and no difference of large sums.
        long count = 0;
        double mean = 0;
        double squares = 0;
        foreach (float value in values)
        {
            if (float.IsNaN(value))
                continue;
            count++;
            double difference = value - mean;
            mean += difference / count;
            squares += difference * (value - mean);
        }
        if (count == 0)
            throw new ArgumentException("There are no values besides missing ones; a mean needs at least one.", nameof(values));
        return (mean, Math.Sqrt(squares / count));
    }

    /// <summary>Computes the largest |x − mean| / deviation in a window; missing values (NaN) are skipped.</summary>
    /// <param name="values">The window's values.</param>
    /// <param name="mean">Mean of the training part, finite.</param>
    /// <param name="deviation">Standard deviation of the training part, at least 0.</param>
    /// <returns>
    /// At least 0; 0 where every value is missing. With a deviation of 0 a value equal to the mean counts 0 and any other
    /// <see cref="double.MaxValue"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The mean is not finite, or the deviation is negative or NaN.</exception>
    public static double LargestZScore(ReadOnlySpan<float> values, double mean, double deviation)
    {
        if (!double.IsFinite(mean))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "A mean must be a finite number.");
        if (!(deviation >= 0))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "A standard deviation must be at least 0.");
        double largest = 0;
        foreach (float value in values)
        {
            double distance = Math.Abs(value - mean);
            double score = deviation > 0 ? distance / deviation : distance > 0 ? double.MaxValue : 0;
            if (score > largest) // false for NaN
                largest = Math.Min(score, double.MaxValue);
        }
        return largest;
    }

    /// <summary>Computes the largest |x_t − x_s| in a window, s being the last reading before t that is not missing (NaN).</summary>
    /// <param name="values">The window's values.</param>
    /// <returns>At least 0; 0 where fewer than two values are present.</returns>
    public static double LargestJump(ReadOnlySpan<float> values)
    {
        double largest = 0;
        double previous = double.NaN;
        foreach (float value in values)
        {
            if (float.IsNaN(value))
                continue;
            largest = Math.Max(largest, double.IsNaN(previous) ? 0 : Math.Abs(value - previous));
            previous = value;
        }
        return largest;
    }
}
