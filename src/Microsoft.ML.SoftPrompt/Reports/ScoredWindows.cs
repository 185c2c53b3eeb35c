using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>Reads windows that a model has scored, and puts those that were cut from one series together again.</summary>
internal sealed class ScoredWindows
{
    private const string Score = "Score";

    private readonly IDataView _data;
    private readonly DataViewSchema.Column _values;
    private readonly DataViewSchema.Column _labels;
    private readonly DataViewSchema.Column _scores;
    private readonly DataViewSchema.Column? _group;
    private readonly DataViewSchema.Column? _start;

    public ScoredWindows(IDataView data, string seriesColumn, string labelColumn, string? groupColumn)
    {
        _data = data;
        _values = SeriesColumn.Find(data.Schema, seriesColumn);
        _labels = SchemaErrors.Find(data.Schema, labelColumn, "label");
        LabelColumn.Check(_labels.Name, _labels.Type, allowVector: true);
        _scores = SchemaErrors.Find(data.Schema, Score, "score");
        if (!(_scores.Type is VectorDataViewType vector ? vector.ItemType : _scores.Type).Equals(NumberDataViewType.Single))
            throw SchemaErrors.WrongType(_scores, "score", "Single, or a vector of it", "Give what the model's Transform gave.");
        (_start, DataViewSchema.Column? windowGroup) = WindowStart.Find(data.Schema);
        _group = groupColumn is null ? windowGroup : GroupColumn.Find(data.Schema, groupColumn);
    }

    public IReadOnlyList<ReportSeries> Read()
    {
        var windows = new List<Window>();
        var columns = new[] { _values, _labels, _scores, _group, _start }.Where(column => column is not null).Select(column => column!.Value).ToArray();
        using DataViewRowCursor cursor = _data.GetRowCursor(columns);
        var values = new VectorReader<float>(cursor, _values);
        var labels = new LabelColumn(cursor, _labels);
        Func<float[]> scores = Scores(cursor);
        GroupColumn? group = _group is { } named ? GroupColumn.Open(cursor, named) : null;
        ValueGetter<long>? start = _start is { } column ? cursor.GetGetter<long>(column) : null;
        while (cursor.MoveNext())
        {
            var read = new List<float>();
            labels.Read(read);
            long first = 0;
            start?.Invoke(ref first);
            var window = new Window(Name(group, cursor.Position), first, values.Read().ToArray(), read.ConvertAll(label => label == 1), scores());
            Check(window, cursor.Position);
            windows.Add(window);
        }
        return windows.GroupBy(window => window.Series, StringComparer.Ordinal).Select(Join).ToArray();
    }

    /// <summary>Without starts nothing says which rows belong together: each is a series.</summary>
    private string Name(GroupColumn? group, long position)
    {
        string row = string.Create(CultureInfo.InvariantCulture, $"row {position}");
        return (group, _start) switch
        {
            (null, null) => row,
            (null, _) => "series",
            (_, null) => $"{group.Read()}, {row}",
            _ => group.Read().ToString(),
        };
    }

    private Func<float[]> Scores(DataViewRow row)
    {
        if (_scores.Type is VectorDataViewType)
        {
            var reader = new VectorReader<float>(row, _scores);
            return () => reader.Read().ToArray();
        }
        ValueGetter<float> getter = row.GetGetter<float>(_scores);
        float score = 0;
        return () =>
        {
            getter(ref score);
            return [score];
        };
    }

    private void Check(Window window, long position)
    {
        int expected = _scores.Type is VectorDataViewType ? window.Values.Length : 1;
        if (window.Values.Length == 0 || window.Scores.Length != expected || window.Labels.Count != expected)
            throw new InvalidOperationException($"Row {position} (from 0) has {window.Values.Length} values in '{_values.Name}', {window.Labels.Count} labels in '{_labels.Name}' and {window.Scores.Length} scores; "
                + "expected at least one value, and a label and a score for each, or one of both for all.");
    }

    private ReportSeries Join(IGrouping<string, Window> rows)
    {
        Window[] windows = rows.OrderBy(window => window.Start).ToArray();
        long origin = windows[0].Start;
        // Values that no window holds, between windows further apart than they are long, are missing.
        var values = new float[checked((int)(windows.Max(window => window.Start + window.Values.Length) - origin))];
        Array.Fill(values, float.NaN);
        foreach (Window window in windows)
            window.Values.CopyTo(values, window.Start - origin);
        return _scores.Type is VectorDataViewType ? JoinPoints(rows.Key, values, windows) : new ReportSeries(rows.Key, values,
            Array.ConvertAll(windows, window => new ReportItem((int)(window.Start - origin), window.Values.Length, window.Labels[0], window.Scores[0])));
    }

    private static ReportSeries JoinPoints(string name, float[] values, Window[] windows)
    {
        var sums = new double[values.Length];
        var counts = new int[values.Length];
        var labels = new bool[values.Length];
        foreach (Window window in windows)
        {
            for (int i = 0; i < window.Values.Length; i++)
            {
                int place = (int)(window.Start - windows[0].Start) + i;
                sums[place] += window.Scores[i];
                counts[place]++;
                labels[place] = window.Labels[i];
            }
        }
        ReportItem[] items = Enumerable.Range(0, values.Length).Where(i => counts[i] > 0).Select(i => new ReportItem(i, 1, labels[i], (float)(sums[i] / counts[i]))).ToArray();
        return new ReportSeries(name, values, items) { Labels = labels };
    }

    private sealed record Window(string Series, long Start, float[] Values, List<bool> Labels, float[] Scores);
}
