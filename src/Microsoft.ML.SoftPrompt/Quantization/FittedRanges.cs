using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>The range of all values, and of each group's.</summary>
/// <param name="Whole">Over all series; null where every series is scaled by itself.</param>
/// <param name="Groups">By the group's text; empty without a group column. A group without a finite value is not in it.</param>
internal sealed record FittedRanges(FittedRange? Whole, IReadOnlyDictionary<string, FittedRange> Groups)
{
    /// <summary>What is learned where every series is scaled by itself: nothing.</summary>
    public static FittedRanges None { get; } = new(null, new Dictionary<string, FittedRange>());

    public static FittedRanges Fit(IDataView view, QuantizingColumns columns, BinSettings settings)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var series = new VectorReader<float>(cursor, columns.Series);
        var group = columns.Group is { } groupColumn ? GroupColumn.Open(cursor, groupColumn) : null;
        var whole = new ValueSample(settings.NeedsValues);
        var samples = new Dictionary<string, ValueSample>();
        var samplesByText = samples.GetAlternateLookup<ReadOnlySpan<char>>();
        bool empty = true;
        while (cursor.MoveNext())
        {
            empty = false;
            var values = series.Read();
            FiniteValues.Check(values, columns.Series.Name, cursor.Position);
            whole.Add(values);
            if (group is null)
                continue;
            var name = group.Read();
            if (!samplesByText.TryGetValue(name, out var sample))
            {
                GroupColumn.CheckSavable(name.ToString(), columns.Group!.Value.Name, cursor.Position);
                samplesByText[name] = sample = new ValueSample(settings.NeedsValues);
            }
            sample.Add(values);
        }
        if (empty)
            throw new InvalidOperationException($"The data has no rows: there is no series in column '{columns.Series.Name}' to learn a range from.");
        if (whole.IsEmpty)
            throw new InvalidOperationException($"The series column '{columns.Series.Name}' holds no value but missing ones (NaN); a range needs at least one.");
        var groups = samples.Where(pair => !pair.Value.IsEmpty).ToDictionary(pair => pair.Key, pair => settings.Fit(pair.Value));
        return new FittedRanges(settings.Fit(whole), groups);
    }

    public void Report(IChannel channel, string columnName, BinSettings settings)
    {
        if (Whole is { IsConstant: true })
            channel.Warn($"The fitted range of series column '{columnName}' is the single value {Whole.Minimum}. That value becomes the middle bin, and every other one lies outside the range.", MessageSensitivity.UserData);
        var constant = Groups.Where(pair => pair.Value.IsConstant).Select(pair => $"'{pair.Key}'").ToArray();
        if (constant.Length > 0 && Whole is { IsConstant: false })
            channel.Warn($"The fitted range of {constant.Length} of {Groups.Count} groups in series column '{columnName}' is a single value, e.g. of group {constant[0]}. A group's single value becomes the middle bin, and every other one lies outside its range.", MessageSensitivity.UserData);
        if (Whole is { IsConstant: false } && settings.CreateBins(Whole).CountWithoutWidth() is > 0 and var narrow)
            channel.Warn($"Values of series column '{columnName}' repeat so often that {narrow} of the {settings.BinCount} bins at quantiles of the whole have no width: a repeated value takes one of them, and the others stay empty.");
    }
}
