using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks;

/// <summary>What a fitted method's scores are worth: the threshold from the validation part, the metrics on the test part.</summary>
/// <param name="Threshold">An item is flagged when its score is above it.</param>
/// <param name="ThresholdFrom">The part that it was chosen on.</param>
internal sealed record Judgement(double Threshold, string ThresholdFrom, double? ValidationAveragePrecision, double[] Scores, bool[] Labels, string[] Sources)
{
    /// <exception cref="InvalidOperationException">No part that the threshold could be chosen on has an anomaly.</exception>
    public static Judgement Of(IAnomalyScorer scorer, BenchmarkData data, CancellationToken cancellation)
    {
        double? validation = null;
        bool validates = HasBothClasses(data.Validation);
        // Without anomalies to choose by, the training part is the next best.
        IReadOnlyList<LabeledSeries> chosenOn = validates ? data.Validation : data.Training;
        double[] chosen = [.. scorer.Score(chosenOn, cancellation)];
        bool[] labels = LabelsOf(chosenOn);
        if (!labels.Contains(true))
            throw new InvalidOperationException("Neither the validation part nor the training part has an anomaly, so there is no threshold to choose. Take more of the data.");
        if (validates)
            validation = RankMetrics.AveragePrecision(chosen, labels);
        return new Judgement(DecisionThreshold.ByF1(chosen, labels), validates ? "validation" : "training", validation,
            [.. scorer.Score(data.Test, cancellation)], LabelsOf(data.Test), [.. data.Test.SelectMany(series => Enumerable.Repeat(series.Source, series.Labels.Length))]);
    }

    /// <summary>The metrics on the whole test part.</summary>
    public CellMetrics Whole() => Metrics(Enumerable.Range(0, Scores.Length));

    /// <summary>The metrics by source, in the order of their names.</summary>
    public IReadOnlyList<SourceMetrics> BySource() => [.. Enumerable.Range(0, Scores.Length).GroupBy(i => Sources[i]).OrderBy(source => source.Key, StringComparer.Ordinal)
        .Select(source => new SourceMetrics(source.Key, Metrics(source)))];

    /// <summary>The metrics on so many items of each class, drawn by the seed; on fewer, but as many of both, where a class has not so many; null where one is absent.</summary>
    public CellMetrics? BalancedDraw(int ofEach, int seed)
    {
        int[] PlacesOf(bool label) => [.. Enumerable.Range(0, Labels.Length).Where(i => Labels[i] == label)];
        int[][] classes = [PlacesOf(false), PlacesOf(true)];
        int drawn = Math.Min(ofEach, classes.Min(places => places.Length));
        var random = new Random(seed);
        foreach (int[] places in classes)
            random.Shuffle(places);
        return drawn == 0 ? null : Metrics(classes.SelectMany(places => places.Take(drawn)));
    }

    private CellMetrics Metrics(IEnumerable<int> places)
    {
        int[] chosen = [.. places];
        return CellMetrics.Of(BinaryMetrics.Compute(Array.ConvertAll(chosen, i => Scores[i]), Array.ConvertAll(chosen, i => Labels[i]), Threshold));
    }

    private static bool HasBothClasses(IReadOnlyList<LabeledSeries> part)
    {
        bool[] labels = LabelsOf(part);
        return labels.Contains(true) && labels.Contains(false);
    }

    private static bool[] LabelsOf(IReadOnlyList<LabeledSeries> part) => [.. part.SelectMany(series => series.Labels.ToArray())];
}
