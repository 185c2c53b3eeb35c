namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A scorer that has a score for each value: where a series has one label, its score is the largest.</summary>
/// <param name="score">The scores of a series' values, one each.</param>
internal sealed class ValueScorer(Func<LabeledSeries, double[]> score) : IAnomalyScorer
{
    public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default)
    {
        LabeledSeriesCheck.Score(series, kind: null);
        var scores = new double[series.Count][];
        Tensors.Scheduler.Run(series.Count, i =>
        {
            double[] values = score(series[i]);
            scores[i] = series[i].Labels.Length == 1 ? [values.Max()] : values;
        }, cancellation);
        return scores.SelectMany(s => s).ToArray();
    }
}
