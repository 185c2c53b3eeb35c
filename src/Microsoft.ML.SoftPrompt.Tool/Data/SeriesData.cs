namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>All that a command read: the tables as text, and their readings as series.</summary>
/// <param name="HasLabels">False where neither a label column nor a label file was given.</param>
internal sealed record SeriesData(IReadOnlyList<InputTable> Tables, SeriesColumns Columns, IReadOnlyList<ReadingSeries> Series, bool HasLabels)
{
    public int Count => Series.Sum(series => series.Count);

    public int AnomalyCount => Series.Sum(series => series.Readings.Count(reading => reading.IsAnomaly));
}
