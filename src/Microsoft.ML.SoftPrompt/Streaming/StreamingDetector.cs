using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt;

/// <summary>Scores series reading by reading: the trailing window of each series whenever it is due.</summary>
public sealed class StreamingDetector
{
    private readonly WindowScorer _scorer;
    private readonly StreamingDetectorOptions _options;
    private readonly Dictionary<string, Trailing> _series = new(StringComparer.Ordinal);

    internal StreamingDetector(MLContext ml, ITransformer model, StreamingDetectorOptions options)
    {
        _scorer = new WindowScorer(ml, model, options.SeriesColumnName, options.GroupColumnName);
        _options = options;
    }

    /// <summary>Takes a reading in.</summary>
    /// <param name="reading">The reading.</param>
    /// <returns>The score of the window that ends with it; null where none is due.</returns>
    public StreamingScore? Add(StreamingReading reading) => Add([reading]) is [var score] ? score : null;

    /// <summary>Takes readings in, in their order; the windows that are due are scored together.</summary>
    /// <param name="readings">The readings, of any series.</param>
    /// <returns>The scores of the windows that became due, in the order of the readings.</returns>
    public IReadOnlyList<StreamingScore> Add(IReadOnlyList<StreamingReading> readings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        var windows = new List<ScoredWindow>();
        var due = new List<(StreamingReading Reading, long Index)>();
        foreach (StreamingReading reading in readings)
        {
            if (!_series.TryGetValue(reading.Key, out Trailing? series))
                _series.Add(reading.Key, series = new Trailing(_options.WindowSize));
            series.Add(reading.Value);
            if (series.Count < _options.WindowSize || (series.Count - _options.WindowSize) % _options.Stride != 0)
                continue;
            windows.Add(new ScoredWindow(reading.Key, series.Window()));
            due.Add((reading, series.Count - 1));
        }
        if (windows.Count == 0)
            return [];
        return _scorer.Score(windows).Zip(due, (scores, one) =>
            new StreamingScore(one.Reading.Key, one.Index, one.Reading.Time, scores.Scores[^1], scores.Probabilities[^1], scores.Labels[^1])).ToArray();
    }

    /// <summary>The last values of a series, in a ring.</summary>
    private sealed class Trailing(int size)
    {
        private readonly float[] _ring = new float[size];

        public long Count { get; private set; }

        public void Add(float value) => _ring[Count++ % size] = value;

        public float[] Window()
        {
            int first = (int)(Count % size);
            return [.. _ring[first..], .. _ring[..first]];
        }
    }
}
