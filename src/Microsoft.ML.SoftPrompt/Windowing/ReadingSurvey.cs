using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>What one look through the readings finds: how many windows they give, and what is wrong with them.</summary>
internal sealed class ReadingSurvey
{
    private readonly WindowPlan _plan;
    private readonly List<long> _ends = []; // where each group's last window ends; 0 before its first
    private long _readings;
    private long _readingsInWindows;
    private long _longestGroup;
    private OrderColumn? _order;

    private ReadingSurvey(WindowPlan plan) => _plan = plan;

    public long WindowCount { get; private set; }

    /// <summary>Readings in the shortest window.</summary>
    public int ShortestWindow { get; private set; } = int.MaxValue;

    /// <summary>Readings in the longest window.</summary>
    public int LongestWindow { get; private set; }

    public static ReadingSurvey Read(IDataView view, ReadingColumns columns, WindowPlan plan, bool allowUnordered)
    {
        var survey = new ReadingSurvey(plan);
        survey.Scan(view, columns, allowUnordered);
        if (survey.WindowCount == 0)
            throw new InvalidOperationException(survey._readings == 0
                ? $"The data has no rows: there is no reading in column '{columns.Value.Name}' to cut windows from."
                : $"A window of {survey.Sizes} readings is longer than every series: the longest of {survey._ends.Count} has {survey._longestGroup}. Choose a smaller WindowSize, or TrailingReadings.MoveBack or Keep, which take shorter series whole.");
        return survey;
    }

    public void Report(IChannel channel, WindowSeriesOptions options)
    {
        string laid = _plan.Stride is { } stride ? FormattableString.Invariant($"stride {stride}") : FormattableString.Invariant($"laid end to end, sizes drawn with seed {_plan.Seed}");
        string shorter = ShortestWindow < _plan.MinimumSize ? FormattableString.Invariant($" (the shortest has {ShortestWindow})") : "";
        channel.Tell($"{_readings:N0} readings in {_ends.Count:N0} series give {WindowCount:N0} windows of {Sizes}{shorter}, {laid}; {_readings - _readingsInWindows:N0} readings are in none.");
        int windowless = _ends.Count(end => end == 0);
        if (windowless > 0)
            channel.Warn($"{windowless:N0} of {_ends.Count:N0} series are shorter than a window of {Sizes} and give none.");
        if (_order is { BackwardCount: > 0 } order)
            channel.Warn($"Values in order column '{options.OrderColumnName}' go back {order.BackwardCount:N0} times within a series, first in row {order.FirstBackwardRow} (from 0); readings are taken in the data's order.");
    }

    private string Sizes => _plan.MinimumSize == _plan.MaximumSize
        ? FormattableString.Invariant($"{_plan.MaximumSize}")
        : FormattableString.Invariant($"{_plan.MinimumSize} to {_plan.MaximumSize}");

    private void Scan(IDataView view, ReadingColumns columns, bool allowUnordered)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var value = cursor.GetGetter<float>(columns.Value);
        var label = columns.Label is { } labelColumn ? new LabelColumn(cursor, labelColumn) : null;
        _order = columns.Order is { } orderColumn ? OrderColumn.Open(cursor, orderColumn, allowUnordered) : null;
        var scan = new WindowScan(_plan, columns.Group is { } group ? GroupColumn.Open(cursor, group) : null);
        var labels = new List<float>();
        float reading = 0;
        for (; cursor.MoveNext(); _readings++)
        {
            bool endsWindow = scan.TakeReading();
            if (scan.Group == _ends.Count)
                _ends.Add(0);
            _longestGroup = Math.Max(_longestGroup, scan.Reading + 1);
            _order?.Read(scan.Group);
            label?.Read(labels);
            labels.Clear();
            value(ref reading);
            if (float.IsInfinity(reading))
                throw new InvalidOperationException(FormattableString.Invariant($"The value column '{columns.Value.Name}' holds {reading} in row {cursor.Position} (from 0); expected a finite number, or NaN for a missing value."));
            if (endsWindow)
                Count(scan);
        }
        while (scan.TakeNextEnd())
            Count(scan);
    }

    private void Count(WindowScan scan)
    {
        var window = scan.Window;
        WindowCount++;
        ShortestWindow = Math.Min(ShortestWindow, window.Length);
        LongestWindow = Math.Max(LongestWindow, window.Length);
        _readingsInWindows += window.End - Math.Max(window.Start, _ends[scan.Group]);
        _ends[scan.Group] = window.End;
    }
}
