using System.Text;
using Microsoft.ML.SoftPrompt.Streaming;

namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// Scores series reading by reading: the trailing window of each series whenever it is due. Made by
/// <see cref="SoftPromptCatalog.CreateStreamingDetector(AnomalyDetectionCatalog, ITransformer, DataViewSchema, StreamingDetectorOptions, Stream)"/>.
/// </summary>
/// <remarks>
/// Safe for concurrent use. Readings are taken in under a lock and scored outside of it: calls that add readings of the same series are
/// taken in one after another, in the order in which they come to the lock, and calls that score run side by side. A call either takes all
/// of its readings in or, where one is refused, none. When scoring or a handler of <see cref="SeriesEvicted"/> fails the readings are in, and <see cref="StreamingCounts.FailedWindows"/> counts the scores lost.
/// </remarks>
public sealed class StreamingDetector
{
    private readonly WindowScorer _scorer;
    private readonly ModelInput _input;
    private readonly string _model;
    private readonly StreamingRules _rules;
    private readonly SeriesTable _series;
    private readonly Lock _gate = new();
    private StreamingCounts _counts;

    internal StreamingDetector(ITransformer model, DataViewSchema? inputSchema, StreamingDetectorOptions options, Stream? state)
    {
        options.Validate();
        _input = ModelInput.Find(model, inputSchema, options);
        _model = ModelFingerprint.Of(model);
        _rules = new StreamingRules(options, _input.WindowSize);
        _scorer = new WindowScorer(model, _input.Series, _input.Group);
        _series = new SeriesTable(_rules, options.MaxSeries);
        if (state is not null)
            Restore(state, options.AllowStateOfOtherModel ? null : _model);
    }

    /// <summary>
    /// Raised when a series gave its place to another, after the readings that needed it are in, outside of the lock, by the thread that
    /// added them. When the series comes back it starts anew, with <see cref="StreamingScore.Index"/> from 0.
    /// </summary>
    public event EventHandler<SeriesEvictedEventArgs>? SeriesEvicted;

    /// <summary>Gets the readings in a window.</summary>
    public int WindowSize => _input.WindowSize;

    /// <summary>Gets how many series are kept at the moment.</summary>
    public int SeriesCount
    {
        get
        {
            lock (_gate)
                return _series.Count;
        }
    }

    /// <summary>Gets what became of all readings so far.</summary>
    public StreamingCounts Counts
    {
        get
        {
            lock (_gate)
                return _counts;
        }
    }

    /// <summary>Takes a reading in.</summary>
    /// <param name="reading">The reading.</param>
    /// <returns>The score of the window that ends with it; null where none is due.</returns>
    /// <exception cref="ArgumentException">The value is infinite, or the key is null, too long or no valid Unicode.</exception>
    /// <exception cref="InvalidOperationException">The options refuse its time.</exception>
    public StreamingScore? Add(StreamingReading reading) => Add([reading]) is [var score] ? score : null;

    /// <summary>Takes readings in, in their order; the windows that are due are scored together.</summary>
    /// <param name="readings">The readings, of any series. A due window takes 4 bytes a value until all are scored.</param>
    /// <returns>The scores of the windows that became due, in the order of the readings.</returns>
    /// <exception cref="ArgumentException">A value is infinite, or a key is null, too long or no valid Unicode. Nothing was taken in.</exception>
    /// <exception cref="InvalidOperationException">The options refuse a reading's time. Nothing was taken in.</exception>
    public IReadOnlyList<StreamingScore> Add(IReadOnlyList<StreamingReading> readings)
    {
        ArgumentNullException.ThrowIfNull(readings);
        CheckValues(readings);
        var due = new List<StreamingScore>();
        var windows = new List<ScoredWindow>();
        List<SeriesEvictedEventArgs>? evicted = null;
        lock (_gate)
        {
            if (_rules.MayRefuse && readings.Count > 1)
                Rehearse(readings);
            for (int i = 0; i < readings.Count; i++)
                Take(readings[i], due, windows, ref evicted);
        }
        try
        {
            foreach (SeriesEvictedEventArgs one in evicted ?? [])
                SeriesEvicted?.Invoke(this, one);
            return windows.Count == 0 ? [] : Score(due, windows);
        }
        catch
        {
            lock (_gate)
                _counts = _counts with { FailedWindows = _counts.FailedWindows + windows.Count };
            throw;
        }
    }

    /// <summary>Saves the series' trailing readings and the counts, so that a detector created with them goes on as this one would. What was there survives every failure.</summary>
    /// <param name="path">The file's path.</param>
    /// <exception cref="IOException">The file cannot be written; what was there is as it was.</exception>
    public void Save(string path)
    {
        using var file = new AtomicFile(path);
        Save(file.Stream);
        file.Commit();
    }

    /// <inheritdoc cref="Save(string)" path="/summary"/>
    /// <param name="stream">Written at its position and left open. Readings may be added meanwhile; they are not in it.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        TrailingSeries[] series;
        StreamingCounts counts;
        // A copy is quick; a disk is not.
        lock (_gate)
            (series, counts) = (_series.ByUse.Select(one => one.Copy()).ToArray(), _counts);
        var buffered = new BufferedStream(stream, 1 << 16);
        StreamingState.Write(buffered, _input, _model, _rules, counts, series);
        buffered.Flush();
    }

    private void Restore(Stream state, string? model)
    {
        int evictedCount = 0;
        StreamingCounts counts = StreamingState.Read(state, _input, model, _rules, series =>
        {
            if (_series.Find(series.Key) is not null)
                throw StateReader.Damaged($"the series '{series.Key}' twice", "it once");
            _series.Add(series, out TrailingSeries? evicted);
            evictedCount += evicted is null ? 0 : 1;
        });
        _counts = counts with { EvictedSeries = counts.EvictedSeries + evictedCount };
    }

    private static void CheckValues(IReadOnlyList<StreamingReading> readings)
    {
        for (int i = 0; i < readings.Count; i++)
        {
            (string key, float value, DateTime? time) = readings[i];
            if (KeyFault(key) is { } fault)
                throw new ArgumentException($"The key of reading {i} (from 0) {fault}. Nothing was taken in.", nameof(readings));
            if (float.IsInfinity(value))
                throw new ArgumentException(FormattableString.Invariant($"The series '{key}' was given {value}{(time is { } known ? FormattableString.Invariant($" at {known:O}") : "")}, reading {i} (from 0); expected a finite number, or NaN for a missing value. Nothing was taken in."), nameof(readings));
        }
    }

    private static string? KeyFault(string? key)
    {
        if (key is null)
            return "is null; expected text, which may be empty";
        if (key.Length > StreamingReading.MaxKeyLength)
            return $"has {key.Length} characters; expected at most {StreamingReading.MaxKeyLength}";
        // Half a surrogate pair would be saved as another character, and the series not be found again.
        return key.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key)) != key ? "holds half a surrogate pair, which is no character; expected valid Unicode" : null;
    }

    /// <summary>Takes the readings into copies of their series, so that a refused one is known before any is taken in.</summary>
    private void Rehearse(IReadOnlyList<StreamingReading> readings)
    {
        var rehearsal = new SeriesRehearsal(_series);
        StreamingCounts ignored = default;
        for (int i = 0; i < readings.Count; i++)
            rehearsal.Use(readings[i].Key).Take(readings[i], ref ignored);
    }

    private void Take(in StreamingReading reading, List<StreamingScore> due, List<ScoredWindow> windows, ref List<SeriesEvictedEventArgs>? evicted)
    {
        TrailingSeries series = _series.Use(reading.Key, out TrailingSeries? gone);
        if (gone is not null)
        {
            (evicted ??= []).Add(new SeriesEvictedEventArgs(gone.Key, gone.Count, gone.Latest));
            _counts = _counts with { EvictedSeries = _counts.EvictedSeries + 1 };
        }
        if (!series.Take(reading, ref _counts) || !series.IsDue)
            return;
        due.Add(new StreamingScore(series.Key, series.Count - 1, series.Latest, series.LastValue, 0, 0, false));
        windows.Add(new ScoredWindow(series.Key, series.TakeWindow()));
        _counts = _counts with { DueWindows = _counts.DueWindows + 1 };
    }

    private StreamingScore[] Score(List<StreamingScore> due, List<ScoredWindow> windows)
    {
        WindowScores[] scores = _scorer.Score(windows);
        // A model that labels every value answers for the last.
        return due.Zip(scores, (one, answer) => one with { Score = answer.Scores[^1], Probability = answer.Probabilities[^1], PredictedLabel = answer.Labels[^1] }).ToArray();
    }
}
