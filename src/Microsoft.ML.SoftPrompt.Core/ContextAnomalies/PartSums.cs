namespace Microsoft.ML.SoftPrompt.ContextAnomalies;

/// <summary>How many numbers there are, their sum and the sum of their squares.</summary>
internal readonly record struct PartSums(int Count, DoubleDouble Sum, DoubleDouble SquareSum)
{
    /// <summary>Gets the count times the sum of the squared deviations from the mean, <c>n Σx² − (Σx)²</c>.</summary>
    public DoubleDouble Scatter => DoubleDouble.Difference(Count * SquareSum, Sum * Sum);

    public PartSums Add(double value) => new(Count + 1, Sum + value, SquareSum + (DoubleDouble)value * value);

    /// <summary>
    /// The F statistic of two parts' means, with 1 and n − 2 degrees of freedom: the square of the two-sample t statistic of equal variances,
    /// and, on the values' distances from their part's median, Levene's statistic.
    /// </summary>
    /// <returns>0 or more; infinite where both parts are constant and differ, NaN where they are constant and equal.</returns>
    public static double F(in PartSums first, in PartSums second)
    {
        double count = first.Count + second.Count;
        double within = (double)first.Scatter / first.Count + (double)second.Scatter / second.Count;
        // The difference of the means, times both counts.
        double difference = (double)DoubleDouble.Difference(second.Count * first.Sum, first.Count * second.Sum);
        double between = difference * difference / (count * first.Count * second.Count);
        return between / within * (count - 2);
    }
}
