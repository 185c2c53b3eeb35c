using Microsoft.ML.SoftPrompt.ContextAnomalies;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>What a window looks like in two dozen numbers. Missing values (NaN) are left out; what the others do not define is NaN.</summary>
internal static class WindowStatistics
{
    /// <summary>The statistics in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "length", "share missing", "mean", "standard deviation", "minimum", "first quartile", "median", "third quartile", "maximum", "first", "last", "last - first",
        "slope", "t of slope", "largest jump", "mean jump", "largest jump in deviations of the jumps", "lag-1 autocorrelation", "largest |t| of a shift",
        "log variance ratio of the halves", "largest |z|", "duration", "mean gap", "largest gap",
    ];

    /// <param name="values">Finite numbers and NaN, at least one.</param>
    /// <param name="times">A time for each, not falling.</param>
    /// <param name="result">Receives a number for each of the <see cref="Names"/>.</param>
    public static void Compute(ReadOnlySpan<float> values, ReadOnlySpan<double> times, Span<float> result)
    {
        PresentValues present = PresentValues.Of(values);
        ReadOnlySpan<double> x = present.Values;
        var at = new double[x.Length];
        for (int i = 0; i < at.Length; i++)
            at[i] = times[present.Places[i]];
        var numbers = new float[Names.Count];
        int next = 0;

        Add(values.Length);
        Add(1 - (double)x.Length / values.Length);
        (double mean, double squares) = Moments(x);
        double deviation = Math.Sqrt(squares / x.Length);
        Add(mean);
        Add(deviation);
        float[] sorted = Array.ConvertAll(x.ToArray(), value => (float)value);
        Array.Sort(sorted);
        foreach (double probability in (ReadOnlySpan<double>)[0, 0.25, 0.5, 0.75, 1])
            Add(sorted.Length == 0 ? double.NaN : Quantiles.Of(sorted, probability));
        double first = x.IsEmpty ? double.NaN : x[0], last = x.IsEmpty ? double.NaN : x[^1];
        Add(first);
        Add(last);
        Add(last - first);

        (double slope, double t) = Line(at, x, mean, squares);
        Add(slope);
        Add(t);
        double[] jumps = Distances(x);
        (double meanJump, double jumpSquares) = Moments(jumps);
        double largestJump = jumps.Length == 0 ? double.NaN : jumps.Max();
        Add(largestJump);
        Add(meanJump);
        Add((largestJump - meanJump) / Math.Sqrt(jumpSquares / jumps.Length));
        Add(Autocorrelation(x, mean, squares));
        Add(Math.Sqrt(SplitScan.Statistics<RunningValues>(x).Where(f => !double.IsNaN(f)).DefaultIfEmpty(double.NaN).Max()));
        Add(HalvesLogVarianceRatio(x));
        Add(x.IsEmpty ? double.NaN : Math.Max(sorted[^1] - mean, mean - sorted[0]) / deviation);

        double[] gaps = Distances(times);
        double duration = times[^1] - times[0];
        Add(duration);
        Add(gaps.Length == 0 ? double.NaN : duration / gaps.Length);
        Add(gaps.Length == 0 ? double.NaN : gaps.Max());

        numbers.CopyTo(result);

        // The largest singles stand for what is beyond them: an infinite t of a perfect line is a large one.
        void Add(double value) => numbers[next++] = (float)Math.Clamp(value, -float.MaxValue, float.MaxValue);
    }

    /// <summary>Mean and sum of squared deviations from it; NaN of nothing.</summary>
    private static (double Mean, double Squares) Moments(ReadOnlySpan<double> values)
    {
        double sum = 0, squares = 0;
        foreach (double value in values)
            sum += value;
        double mean = sum / values.Length;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        return (mean, values.IsEmpty ? double.NaN : squares);
    }

    /// <summary>Slope of the least-squares line, and the slope over its standard error.</summary>
    private static (double Slope, double T) Line(ReadOnlySpan<double> times, ReadOnlySpan<double> values, double mean, double squares)
    {
        (double meanTime, double timeSquares) = Moments(times);
        double product = 0;
        for (int i = 0; i < values.Length; i++)
            product += (times[i] - meanTime) * (values[i] - mean);
        double slope = product / timeSquares;
        double residual = Math.Max(0, squares - slope * product);
        return (slope, values.Length < TrendRule.FewestValues ? double.NaN : slope / Math.Sqrt(residual / (values.Length - 2) / timeSquares));
    }

    private static double Autocorrelation(ReadOnlySpan<double> values, double mean, double squares)
    {
        double product = 0;
        for (int i = 1; i < values.Length; i++)
            product += (values[i] - mean) * (values[i - 1] - mean);
        return product / squares;
    }

    /// <summary>ln of the second half's variance over the first's; the middle value of an odd number is in the second.</summary>
    private static double HalvesLogVarianceRatio(ReadOnlySpan<double> values)
    {
        int half = values.Length / 2;
        if (half < 2)
            return double.NaN;
        double before = Moments(values[..half]).Squares / half, after = Moments(values[half..]).Squares / (values.Length - half);
        return Math.Log(after / before);
    }

    private static double[] Distances(ReadOnlySpan<double> values)
    {
        var distances = new double[Math.Max(0, values.Length - 1)];
        for (int i = 0; i < distances.Length; i++)
            distances[i] = Math.Abs(values[i + 1] - values[i]);
        return distances;
    }
}
