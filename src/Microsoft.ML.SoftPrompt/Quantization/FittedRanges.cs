using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>The range of all values, and of each group's.</summary>
/// <param name="Whole">Over all series.</param>
/// <param name="Groups">By the group's text; empty without a group column. A group without a finite value is not in it.</param>
internal sealed record FittedRanges(ValueRange Whole, IReadOnlyDictionary<string, ValueRange> Groups)
{
    public static FittedRanges Fit(IDataView view, QuantizingColumns columns)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var series = new VectorReader<float>(cursor, columns.Series);
        var group = columns.Group is { } groupColumn ? GroupColumn.Open(cursor, groupColumn) : null;
        var index = new GroupIndex();
        var ranges = new List<ValueRange>();
        var whole = ValueRange.Empty;
        bool empty = true;
        while (cursor.MoveNext())
        {
            empty = false;
            var values = series.Read();
            FiniteValues.Check(values, columns.Series.Name, cursor.Position);
            whole = whole.Include(values);
            if (group is null)
                continue;
            int i = index.GetOrAdd(group.Read(), out bool added);
            if (added)
                ranges.Add(ValueRange.Empty);
            ranges[i] = ranges[i].Include(values);
        }
        if (empty)
            throw new InvalidOperationException($"The data has no rows: there is no series in column '{columns.Series.Name}' to learn a range from.");
        if (whole.IsEmpty)
            throw new InvalidOperationException($"The series column '{columns.Series.Name}' holds no value but missing ones (NaN); a range needs at least one.");
        var groups = index.GetNames().Zip(ranges).Where(pair => !pair.Second.IsEmpty).ToDictionary(pair => pair.First, pair => pair.Second);
        return new FittedRanges(whole, groups);
    }

    public void Report(IChannel channel, string columnName)
    {
        if (Whole.IsConstant)
            channel.Warn($"The values of series column '{columnName}' are all {Whole.Minimum}: a constant range. That value becomes the middle bin, and every other one the first or the last.", MessageSensitivity.UserData);
        var constant = Groups.Where(pair => pair.Value.IsConstant).Select(pair => $"'{pair.Key}'").ToArray();
        if (constant.Length > 0 && !Whole.IsConstant)
            channel.Warn($"The values of {constant.Length} of {Groups.Count} groups in series column '{columnName}' are constant, e.g. of group {constant[0]}. A group's constant becomes the middle bin, and every other value the first or the last.", MessageSensitivity.UserData);
    }
}
