using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>
/// The readings that the judged items hold. A reading's score is the mean of those of its items, and it is flagged where that exceeds the
/// items' threshold. What follows the last full window of a series is in no item, and is left out.
/// </summary>
internal sealed class JudgedReadings
{
    private readonly IReadOnlyList<JudgedItem> _items;
    private readonly int _itemLength;
    private readonly JudgedSeries[] _series;

    public JudgedReadings(IReadOnlyList<ReadingSeries> series, IReadOnlyList<JudgedItem> items, TrainingSettings settings)
    {
        _items = items;
        _itemLength = settings.PointLabels ? 1 : settings.Window;
        VusMaximumWindow = settings.Window;
        // The items of a series are neighbours and rise, so that the last one ends what is judged.
        _series = [.. items.Select((item, index) => (item, index)).GroupBy(pair => pair.item.Series, (index, pairs) => Judged(series[index], [.. pairs]))];
    }

    public int Count => _series.Sum(series => series.Labels.Length);

    public int SeriesCount => _series.Length;

    /// <summary>The window of the model: how far off a flag may be that came from windows.</summary>
    public int VusMaximumWindow { get; }

    public ReadingMetrics Judge(double[] itemScores, double threshold, CancellationToken cancellation)
    {
        var events = new List<EventMetrics>();
        var volumes = new List<(double Roc, double Pr)>();
        foreach (JudgedSeries series in _series)
        {
            double[] scores = Means(series, itemScores);
            events.Add(EventMetrics.Compute(Array.ConvertAll(scores, score => score > threshold), series.Labels, series.Times));
            if (series.Labels.Contains(true) && series.Labels.Contains(false))
                volumes.Add(RangeMetrics.VolumeUnderSurface(scores, series.Labels, VusMaximumWindow, cancellation));
        }
        double Mean(Func<(double Roc, double Pr), double> of) => volumes.Count == 0 ? double.NaN : volumes.Average(of);
        return new ReadingMetrics(EventMetrics.Combine(events), Mean(volume => volume.Roc), Mean(volume => volume.Pr));
    }

    private double[] Means(JudgedSeries series, double[] itemScores)
    {
        var means = new double[series.Labels.Length];
        var counts = new int[means.Length];
        for (int item = series.FirstItem; item < series.FirstItem + series.ItemCount; item++)
            for (int i = _items[item].Start; i < _items[item].Start + _itemLength; i++)
                means[i] += (itemScores[item] - means[i]) / ++counts[i]; // no sum, which the controls' largest number would overflow
        return means;
    }

    private JudgedSeries Judged(ReadingSeries series, (JudgedItem Item, int Index)[] items)
    {
        Reading[] readings = [.. series.Readings.Take(items[^1].Item.Start + _itemLength)];
        bool inTime = readings.All(reading => reading.Time is not null) && readings.Zip(readings.Skip(1), (one, next) => one.Time <= next.Time).All(rising => rising);
        return new JudgedSeries(
            Array.ConvertAll(readings, reading => reading.IsAnomaly), inTime ? Array.ConvertAll(readings, reading => reading.Time!.Value) : [], items[0].Index, items.Length);
    }

    /// <param name="Times">Empty where not all are known, or they fall.</param>
    private sealed record JudgedSeries(bool[] Labels, DateTime[] Times, int FirstItem, int ItemCount);
}
