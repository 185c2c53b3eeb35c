using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>The rows of a view as balancing looks at them.</summary>
/// <param name="Splits">What a split into training and validation has to know of each row.</param>
/// <param name="Series">Each row's series.</param>
internal sealed record BalancingRows(IReadOnlyList<SplitRow> Splits, IReadOnlyList<RowSeries> Series)
{
    public static BalancingRows Read(IDataView view, BalancingInput columns)
    {
        using var cursor = view.GetRowCursor(columns.All);
        var readSeries = SeriesValues.Open(cursor, columns.Series);
        var labelColumn = new LabelColumn(cursor, columns.Label);
        var splitReader = columns.Split.Open(cursor);
        var neighbourGroup = columns.NeighbourGroup is { } group ? GroupColumn.Open(cursor, group) : null;
        var balanced = columns.Balanced?.Open(cursor);
        var (splits, allSeries) = (new List<SplitRow>(), new List<RowSeries>());
        var labels = new List<float>();
        while (cursor.MoveNext())
        {
            if (balanced?.Invoke() is (true, _) or (_, true))
                throw new InvalidOperationException($"Row {cursor.Position} (from 0) is marked in column '{BalancingColumns.IsSynthetic}' or '{BalancingColumns.IsValidation}': the data were balanced before. Balance once, and fit the chain on the rows as they were.");
            var series = new RowSeries(splits.Count, readSeries(), neighbourGroup?.Read().ToString());
            labels.Clear();
            labelColumn.Read(labels);
            bool isAnomalous = labels[0] > 0;
            allSeries.Add(series);
            splits.Add(splitReader.Read(isAnomalous, !isAnomalous, series.Values.Length));
        }
        if (splits.Count == 0)
            throw new InvalidOperationException($"The data has no rows: there is no series in column '{columns.Series.Name}' to balance.");
        return new BalancingRows(splits, allSeries);
    }
}
