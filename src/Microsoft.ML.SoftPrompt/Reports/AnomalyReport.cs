using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>
/// What a detector found and what it is worth, as one HTML file that needs nothing else and no network: the series with the labelled and
/// the found stretches and their scores, curves with a threshold to move, the worst cases, the training. docs/report.md shows one.
/// </summary>
public sealed class AnomalyReport
{
    /// <summary>Makes a report from scores.</summary>
    /// <param name="series">The series with what was judged of them; at least one item in all.</param>
    /// <param name="threshold">A finite number; an item is flagged when its score is strictly above it.</param>
    /// <exception cref="ArgumentException">A series is empty or holds ±∞, an item lies outside of its series, labels or times are of another number than values, there is no item, or a score or the threshold is not finite.</exception>
    public AnomalyReport(IReadOnlyList<ReportSeries> series, double threshold)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (!double.IsFinite(threshold))
            throw new ArgumentException($"The threshold is {threshold}; it must be a finite number.", nameof(threshold));
        foreach (ReportSeries one in series)
            one.Validate();
        Series = series;
        Threshold = threshold;
        ReportItem[] items = series.SelectMany(one => one.Items).ToArray();
        if (items.Length == 0)
            throw new ArgumentException("Nothing was judged: the series have no items, and a report needs at least one.", nameof(series));
        Metrics = BinaryMetrics.Compute(items.Select(item => item.Score).ToArray(), items.Select(item => item.IsAnomaly).ToArray(), threshold);
        JudgesReadings = items.All(item => item.Length == 1);
    }

    /// <summary>Makes a report from windows that a model has scored, as <c>model.Transform(windows)</c> gives them.</summary>
    /// <param name="scoredWindows">
    /// Rows with the values (vector of Single), the labels (one a window, or one a value) and <c>Score</c>. Windows that
    /// <see cref="Microsoft.ML.SoftPromptCatalog.WindowSeries(DataOperationsCatalog, IDataView, WindowSeriesOptions)"/> cut are put together
    /// again, series by series; other rows are a series each. A value that several windows of a model of labels a point hold is judged by
    /// the mean of its scores.
    /// </param>
    /// <param name="model">What the scores come from: gives the threshold, the probabilities and the training curves.</param>
    /// <param name="labelColumnName">Name of the labels' column.</param>
    /// <param name="seriesColumnName">Name of the values' column.</param>
    /// <param name="groupColumnName">Name of the column that names the series; <see langword="null"/> for the one that the windows were cut by, if any.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="ArgumentException">There are no rows, or a value or a score is infinite.</exception>
    /// <exception cref="InvalidOperationException">
    /// A row's labels or scores are not as many as its values, or a label is neither 0 nor 1; or nothing says which windows are of one series: the column that they were cut
    /// by is gone, a group is an unknown key, or windows of one group are of different series.
    /// </exception>
    public static AnomalyReport Create(IDataView scoredWindows, SoftPromptModelParameters model, string labelColumnName = "Label", string seriesColumnName = "Series",
        string? groupColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(scoredWindows);
        ArgumentNullException.ThrowIfNull(model);
        var windows = new ScoredWindows(scoredWindows, seriesColumnName, labelColumnName, groupColumnName);
        return new AnomalyReport(windows.Read(), model.ScoreThreshold) { Model = model };
    }

    /// <summary>Gets or sets the heading.</summary>
    /// <value>The default is <c>Anomaly report</c>.</value>
    public string Title { get; set; } = "Anomaly report";

    /// <summary>Gets or sets the model that scored: its training curves, its options and the probability of a score are shown.</summary>
    /// <value>The default is <see langword="null"/>: the report is of scores alone.</value>
    public SoftPromptModelParameters? Model { get; set; }

    /// <summary>Gets or sets detectors to show beside this one, such as those of <see cref="SeriesControls"/>.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<ReportControl> Controls { get; set; } = [];

    /// <summary>Gets or sets what else the reader is to know, by name: the command, the data, the options.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; set; } = [];

    /// <summary>Gets or sets what explains an item; asked for the few that are shown by themselves, while the report is saved.</summary>
    /// <value>The default is <see langword="null"/>; it may answer <see langword="null"/>.</value>
    public Func<ReportSeries, ReportItem, ReportExplanation?>? Explain { get; set; }

    /// <summary>Gets the metrics at <see cref="Threshold"/>, over the items of all series.</summary>
    public BinaryMetrics Metrics { get; }

    /// <summary>Gets the series.</summary>
    public IReadOnlyList<ReportSeries> Series { get; }

    /// <summary>Gets the number strictly above which a score flags its item.</summary>
    public double Threshold { get; }

    internal bool JudgesReadings { get; }

    /// <summary>Writes the report to a file, by custom <c>.html</c>. A file that is there is replaced when the new one is whole.</summary>
    /// <param name="path">The file's path; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="InvalidOperationException">An explanation tells of values outside of its series, or of probabilities that are not finite.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using var file = new AtomicFile(path);
        Save(file.Stream);
        file.Commit();
    }

    /// <summary>Writes the report to a stream.</summary>
    /// <param name="stream">Written at its position and left open.</param>
    /// <exception cref="InvalidOperationException">An explanation tells of values outside of its series, or of probabilities that are not finite.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ReportPage.Write(stream, this);
    }
}
