using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>Holds back the last readings of each group, before any window is cut, so that windows of every length train on the same readings and none spans the two parts.</summary>
internal static class ReadingSplit
{
    public static (IDataView Train, IDataView Validation) Make(IDataView readings, string? groupColumnName, double fraction)
    {
        DataViewSchema.Column? column = groupColumnName is null ? null : GroupColumn.Find(readings.Schema, groupColumnName);
        var groups = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        int rows = 0;
        using (DataViewRowCursor cursor = readings.GetRowCursor(new[] { column }.OfType<DataViewSchema.Column>()))
        {
            GroupColumn? group = column is { } named ? GroupColumn.Open(cursor, named) : null;
            for (; cursor.MoveNext(); rows++)
            {
                string key = group is null ? "" : group.Read().ToString();
                if (!groups.TryGetValue(key, out List<int>? places))
                    groups.Add(key, places = []);
                places.Add(rows);
            }
        }
        var validates = new bool[rows];
        foreach (List<int> places in groups.Values)
            foreach (int row in places.TakeLast((int)Math.Round(fraction * places.Count)))
                validates[row] = true;
        return (new RowsView(readings, Array.ConvertAll(validates, held => !held)), new RowsView(readings, validates));
    }
}
