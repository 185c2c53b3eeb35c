using System.Diagnostics;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;

namespace Microsoft.ML.SoftPrompt.Tool.Benchmarks;

/// <summary>How long a method takes a series here, measured on a few of them: what the hours of a run are expected from.</summary>
/// <param name="FitSeconds">Of a pass over a training series; of the whole fit where the method is fitted in one go.</param>
/// <param name="ScoreSeconds">Of scoring a series.</param>
internal sealed record BenchmarkTrial(double FitSeconds, double ScoreSeconds)
{
    private const int TrainingSeries = 24, ScoredSeries = 12;

    public static BenchmarkTrial Measure(MLContext ml, BenchmarkMethod method, BenchmarkData data, CancellationToken cancellation)
    {
        BenchmarkMethod once = method.Spear is { } spear ? BenchmarkMethod.Of(ml, spear with { Epochs = 1, Set = spear.Set.Where(pair => pair.Key != nameof(SoftPromptAnomalyTrainer.Options.MaxEpochs)).ToDictionary() }) : method;
        IReadOnlyList<LabeledSeries> training = Few(method.LearnsClasses ? data.Balanced : data.Training, TrainingSeries), scored = Few(data.Test, ScoredSeries);
        long start = Stopwatch.GetTimestamp();
        IAnomalyScorer scorer = once.Create(null).Fit(training, [], seed: 1, cancellation);
        double fit = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        scorer.Score(scored, cancellation);
        return new BenchmarkTrial(fit / training.Count, Stopwatch.GetElapsedTime(start).TotalSeconds / scored.Count);
    }

    /// <summary>The seconds that a training and its scoring are expected to take.</summary>
    public double Expect(BenchmarkMethod method, BenchmarkData data)
    {
        // A frozen prompt is one pass over all series; a learning one is a pass, with its validation, an epoch.
        int passes = method.Passes;
        return FitSeconds * (method.LearnsClasses ? data.Balanced.Count : data.Training.Count) * passes + ScoreSeconds * (data.Validation.Count * (passes + 1) + data.Test.Count);
    }

    /// <summary>The seconds that scoring the series of another set takes: more where they are longer.</summary>
    public double ExpectTransfer(BenchmarkMethod method, BenchmarkData own, BenchmarkData other)
    {
        double Positions(BenchmarkData data) => data.Test.Average(series => series.Values.Length) + (method.Spear?.PromptLength ?? 0);
        return ScoreSeconds * Positions(other) / Positions(own) * (other.Validation.Count + other.Test.Count);
    }

    /// <summary>Series evenly from all of them, with one of each class in any case.</summary>
    private static IReadOnlyList<LabeledSeries> Few(IReadOnlyList<LabeledSeries> series, int count)
    {
        count = Math.Min(count, series.Count);
        IEnumerable<LabeledSeries> even = Enumerable.Range(0, count).Select(i => series[(int)((long)i * series.Count / count)]);
        LabeledSeries?[] classes = [series.FirstOrDefault(one => one.Labels.Span.Contains(true)), series.FirstOrDefault(one => one.Labels.Span.Contains(false))];
        return [.. even.Concat(classes.OfType<LabeledSeries>()).Distinct(ReferenceEqualityComparer.Instance).Cast<LabeledSeries>()];
    }
}
