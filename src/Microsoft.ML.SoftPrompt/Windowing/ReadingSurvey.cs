using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>What one look through the readings finds: how many windows they give, and what is wrong with them.</summary>
internal sealed class ReadingSurvey
{
    private long _readings;
    private int _groups;
    private long _longest;
    private long _windowless;
    private TimeColumn? _times;

    private ReadingSurvey()
    {
    }

    public long WindowCount { get; private set; }

    /// <summary>Whether every window has the full size; a group shorter than a window may be taken whole.</summary>
    public bool AllWindowsFull { get; private set; } = true;

    /// <summary>Readings in the longest window.</summary>
    public int LongestWindow { get; private set; }

    public static ReadingSurvey Read(IDataView view, ReadingColumns columns, WindowPlan plan)
    {
        var survey = new ReadingSurvey();
        var lengths = survey.ReadLengths(view, columns);
        survey._groups = lengths.Count;
        foreach (long length in lengths)
        {
            long windows = plan.Count(length);
            survey.WindowCount += windows;
            survey._longest = Math.Max(survey._longest, length);
            survey.AllWindowsFull &= windows == 0 || length >= plan.Window;
            survey._windowless += windows == 0 ? 1 : 0;
        }
        if (survey.WindowCount == 0)
            throw new ArgumentException(survey._readings == 0
                ? $"The data has no rows: there is no reading in column '{columns.Value.Name}' to cut windows from."
                : $"A window of {plan.Window} readings is longer than every series: the longest of {survey._groups} has {survey._longest}. Choose a smaller WindowSize, or TrailingReadings.MoveBack, which takes shorter series whole.",
                nameof(view));
        survey.LongestWindow = (int)Math.Min(plan.Window, survey._longest);
        return survey;
    }

    public void Report(IChannel channel, WindowSeriesOptions options)
    {
        channel.Tell($"{_readings:N0} readings in {_groups:N0} series give {WindowCount:N0} windows of {options.WindowSize}, stride {options.Stride}.");
        if (_windowless > 0)
            channel.Warn($"{_windowless:N0} of {_groups:N0} series are shorter than a window of {options.WindowSize} and give none.");
        if (_times is { FirstRow: >= 0 } times)
            channel.Warn($"Times in column '{options.TimeColumnName}' repeat {times.Repeated:N0} times and go back {times.Backward:N0} times within a series, first in row {times.FirstRow} (from 0); readings are taken in the data's order.");
    }

    private List<long> ReadLengths(IDataView view, ReadingColumns columns)
    {
        var needed = columns.All.Concat(columns.Time is { } time ? [time] : []).DistinctBy(column => column.Index);
        using var cursor = view.GetRowCursor(needed);
        var value = cursor.GetGetter<float>(columns.Value);
        var label = columns.Label is { } labelColumn ? new LabelColumn(cursor, labelColumn) : null;
        var group = columns.Group is { } groupColumn ? GroupColumn.Open(cursor, groupColumn) : null;
        _times = columns.Time is { } timeColumn ? TimeColumn.Open(cursor, timeColumn) : null;
        var groups = new GroupIndex();
        var lengths = new List<long>();
        var labels = new List<float>();
        float reading = 0;
        for (; cursor.MoveNext(); _readings++)
        {
            int index = groups.GetOrAdd(group is null ? "" : group.Read(), out bool added);
            if (added)
                lengths.Add(0);
            lengths[index]++;
            _times?.Read(index);
            label?.Read(labels);
            labels.Clear();
            value(ref reading);
            if (float.IsInfinity(reading))
                throw new ArgumentException($"The value column '{columns.Value.Name}' holds {reading} in row {cursor.Position} (from 0); expected a finite number, or NaN for a missing value.", nameof(view));
        }
        return lengths;
    }
}
