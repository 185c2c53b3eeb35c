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
    private readonly DataViewSchema.Column? _cutBy;
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
        (_start, _cutBy) = WindowStart.Find(data.Schema);
        _group = groupColumn is null ? _cutBy : GroupColumn.Find(data.Schema, groupColumn);
        if (_group is null && _start is { } start && WindowStart.GetGroupName(start) is { } lost)
            throw new InvalidOperationException($"The windows were cut series by series of the group column '{lost}', which {(data.Schema.GetColumnOrNull(lost) is { } now ? $"now is {now.Type}" : "is not in the data any more")}, "
                + "so that nothing says which of them belong together. Keep the column as it was, e.g. by giving what is made of it another name, or name a column that tells the series apart (groupColumnName).");
    }

    public IReadOnlyList<ReportSeries> Read()
    {
        var windows = new List<Window>();
        var columns = new[] { _values, _labels, _scores, _group, _cutBy, _start }.OfType<DataViewSchema.Column>().DistinctBy(column => column.Index).ToArray();
        using DataViewRowCursor cursor = _data.GetRowCursor(columns);
        var values = new VectorReader<float>(cursor, _values);
        var labels = new LabelColumn(cursor, _labels);
        Func<float[]> scores = Scores(cursor);
        GroupColumn? group = _group is { } named ? GroupColumn.Open(cursor, named) : null;
        GroupColumn? cutBy = _cutBy is { } own && own.Index != _group?.Index ? GroupColumn.Open(cursor, own) : null;
        ValueGetter<long>? start = _start is { } column ? cursor.GetGetter<long>(column) : null;
        while (cursor.MoveNext())
        {
            var read = new List<float>();
            labels.Read(read);
            long first = 0;
            start?.Invoke(ref first);
            var window = new Window(cursor.Position, Name(group, cursor.Position), cutBy?.Read().ToString(), first, values.Read().ToArray(), read.ConvertAll(label => label == 1), scores());
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
            _ => Known(group.Read().ToString(), position),
        };
    }

    /// <summary>Series that a mapping to keys does not know all have the key 0.</summary>
    private string Known(string group, long position) => _group!.Value.Type is KeyDataViewType && group == "0"
        ? throw new InvalidOperationException($"Row {position} (from 0) has no known value in the group column '{_group.Value.Name}' (its key is 0), which does not say what series the window is of. "
            + "Group by the column that the keys were made from, or leave such rows out.")
        : group;

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
        CheckSameGroup(rows);
        Window[] windows = rows.OrderBy(window => window.Start).ToArray();
        long origin = windows[0].Start;
        // Values that no window holds, between windows further apart than they are long, are missing.
        var values = new float[checked((int)(windows.Max(window => window.Start + window.Values.Length) - origin))];
        Array.Fill(values, float.NaN);
        var holders = new Window?[values.Length];
        foreach (Window window in windows)
            Put(window, values.AsSpan((int)(window.Start - origin)), holders.AsSpan((int)(window.Start - origin)));
        return _scores.Type is VectorDataViewType ? JoinPoints(rows.Key, values, windows) : new ReportSeries(rows.Key, values,
            Array.ConvertAll(windows, window => new ReportItem((int)(window.Start - origin), window.Values.Length, window.Labels[0], window.Scores[0])));
    }

    private void CheckSameGroup(IGrouping<string, Window> rows)
    {
        Window first = rows.First();
        if (rows.FirstOrDefault(window => window.CutBy != first.CutBy) is { } other)
            throw new InvalidOperationException($"Rows {first.Row} and {other.Row} (from 0) are both of '{rows.Key}' in the group column '{_group!.Value.Name}', but of '{first.CutBy}' and '{other.CutBy}' in '{_cutBy!.Value.Name}', "
                + "by which the windows were cut: they are of different series. Group by a column that tells the series apart.");
    }

    /// <summary>Windows of one series say the same of the readings that they share.</summary>
    private void Put(Window window, Span<float> values, Span<Window?> holders)
    {
        for (int i = 0; i < window.Values.Length; i++)
        {
            if (holders[i] is { } other)
            {
                int place = (int)(window.Start + i - other.Start);
                if (!other.Values[place].Equals(window.Values[i]))
                    throw Disagree(other, window, i, $"{other.Values[place]:R} and {window.Values[i]:R} in '{_values.Name}'");
                if (_scores.Type is VectorDataViewType && other.Labels[place] != window.Labels[i])
                    throw Disagree(other, window, i, $"different labels in '{_labels.Name}'");
            }
            values[i] = window.Values[i];
            holders[i] = window;
        }
    }

    private static InvalidOperationException Disagree(Window one, Window other, int place, FormattableString difference) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Rows {one.Row} and {other.Row} (from 0) are both windows of the series '{one.Series}' and hold its reading {other.Start + place}, with ")
            + FormattableString.Invariant(difference)
            + ". Either they are of different series: group by a column that tells these apart. Or a stage has changed the windows one by one: name the column with the values as they were cut.");

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

    /// <summary>A row: its series, and the group it was cut from where that is another column.</summary>
    private sealed record Window(long Row, string Series, string? CutBy, long Start, float[] Values, List<bool> Labels, float[] Scores);
}
