using MathNet.Numerics.Statistics;

namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>
/// Percentile intervals by the bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13) of any metric.
/// Groups are drawn with replacement, as many as there are, each with all its items: windows of one file or series of one patient are
/// alike, and drawing them one by one would make an interval too narrow. The same groups in the same order, options and seed give the
/// same draws.
/// </summary>
public static class GroupBootstrap
{
    /// <summary>The number of draws where none is given: of 2,000, 50 lie beyond either limit of a 95 % interval.</summary>
    public const int DefaultDraws = 2000;

    /// <summary>The share of the draws between the limits where none is given.</summary>
    public const double DefaultLevel = 0.95;

    /// <summary>Computes the interval of a metric.</summary>
    /// <param name="groups">The group of each item: a patient, a file.</param>
    /// <param name="metric">Gives the metric of items by their indices; an item occurs as often as its group was drawn. NaN where it has no value.</param>
    /// <param name="draws">How many times groups are drawn, at least 1.</param>
    /// <param name="level">The share of the draws between the limits, above 0 and below 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellation">Asked between draws.</param>
    /// <returns>The interval.</returns>
    /// <exception cref="ArgumentException">There is no item, or an option is out of range.</exception>
    public static BootstrapInterval Interval(
        IReadOnlyList<string> groups, Func<int[], double> metric, int draws = DefaultDraws, double level = DefaultLevel, int seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(metric);
        return Interval([groups], (_, items) => metric(items), draws, level, seed, cancellation);
    }

    /// <summary>Computes the interval of the difference between two metrics, or of one metric for two detectors. It is paired: both see the same draws.</summary>
    /// <param name="groups">The group of each item: a patient, a file.</param>
    /// <param name="first">Gives the first metric of items by their indices, as for <see cref="Interval(IReadOnlyList{string}, Func{int[], double}, int, double, int, CancellationToken)"/>.</param>
    /// <param name="second">Gives the second, which is subtracted.</param>
    /// <param name="draws">How many times groups are drawn, at least 1.</param>
    /// <param name="level">The share of the draws between the limits, above 0 and below 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellation">Asked between draws.</param>
    /// <returns>The interval of first − second.</returns>
    /// <exception cref="ArgumentException">There is no item, or an option is out of range.</exception>
    public static BootstrapInterval Difference(
        IReadOnlyList<string> groups, Func<int[], double> first, Func<int[], double> second,
        int draws = DefaultDraws, double level = DefaultLevel, int seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Interval(groups, items => first(items) - second(items), draws, level, seed, cancellation);
    }

    /// <summary>
    /// Computes the interval of a metric's mean over several runs, such as trainings from different seeds. A draw has the same groups in
    /// every run, and as many runs as there are, drawn with replacement too.
    /// </summary>
    /// <param name="groupsOfRuns">For each run the group of each of its items. Runs may hold different items, and groups may be in some runs alone.</param>
    /// <param name="metric">Gives the metric of a run's items by the index of the run and those of the items. NaN where it has no value.</param>
    /// <param name="draws">How many times groups are drawn, at least 1.</param>
    /// <param name="level">The share of the draws between the limits, above 0 and below 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellation">Asked between draws.</param>
    /// <returns>The interval.</returns>
    /// <exception cref="ArgumentException">There is no run, a run has no item, or an option is out of range.</exception>
    public static BootstrapInterval Interval(
        IReadOnlyList<IReadOnlyList<string>> groupsOfRuns, Func<int, int[], double> metric,
        int draws = DefaultDraws, double level = DefaultLevel, int seed = 1, CancellationToken cancellation = default)
    {
        Check(groupsOfRuns, draws, level);
        ArgumentNullException.ThrowIfNull(metric);
        string[] groups = [.. groupsOfRuns.SelectMany(names => names).Distinct(StringComparer.Ordinal)];
        int[][][] itemsOfRuns = [.. groupsOfRuns.Select(names => Items(groups, names))];
        double Mean(int[] drawnGroups, int[] drawnRuns)
        {
            // A run drawn twice is judged once.
            Dictionary<int, double> values = drawnRuns.Distinct().ToDictionary(run => run, run =>
            {
                int[] items = [.. drawnGroups.SelectMany(group => itemsOfRuns[run][group])];
                return items.Length == 0 ? double.NaN : metric(run, items);
            });
            return drawnRuns.Average(run => values[run]);
        }

        double estimate = Enumerable.Range(0, groupsOfRuns.Count).Average(run => metric(run, [.. Enumerable.Range(0, groupsOfRuns[run].Count)]));
        if (groups.Length < 2)
            return new BootstrapInterval(estimate, double.NaN, double.NaN, 0);
        var random = new Random(seed);
        var drawn = new List<double>();
        for (int draw = 0; draw < draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] drawnGroups = [.. groups.Select(_ => random.Next(groups.Length))];
            int[] drawnRuns = [.. groupsOfRuns.Select(_ => random.Next(groupsOfRuns.Count))];
            double value = Mean(drawnGroups, drawnRuns);
            if (!double.IsNaN(value))
                drawn.Add(value);
        }
        double[] sorted = [.. drawn.Order()];
        double Quantile(double share) => SortedArrayStatistics.QuantileCustom(sorted, share, QuantileDefinition.R7);
        return new BootstrapInterval(estimate, Quantile((1 - level) / 2), Quantile((1 + level) / 2), draws - sorted.Length);
    }

    /// <summary>For each group its items in one run.</summary>
    private static int[][] Items(string[] groups, IReadOnlyList<string> names)
    {
        ILookup<string, int> items = Enumerable.Range(0, names.Count).ToLookup(item => names[item], StringComparer.Ordinal);
        return [.. groups.Select(group => items[group].ToArray())];
    }

    private static void Check(IReadOnlyList<IReadOnlyList<string>> groupsOfRuns, int draws, double level)
    {
        ArgumentNullException.ThrowIfNull(groupsOfRuns);
        if (groupsOfRuns.Count == 0)
            throw new ArgumentException("There are no runs; a mean over runs needs at least one.", nameof(groupsOfRuns));
        for (int run = 0; run < groupsOfRuns.Count; run++)
            if (groupsOfRuns[run].Count == 0)
                throw new ArgumentException(groupsOfRuns.Count == 1 ? "There are no items; a metric needs at least one." : $"Run {run} has no items; a metric needs at least one.", nameof(groupsOfRuns));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        if (!(level > 0 && level < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "The share of the draws between the limits must be above 0 and below 1.");
    }
}
