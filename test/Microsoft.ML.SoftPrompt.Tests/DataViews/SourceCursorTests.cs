using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Tests.Balancing;

namespace Microsoft.ML.SoftPrompt.Tests.DataViews;

/// <summary>What ML.NET wants of a cursor that has other rows than its source.</summary>
public sealed class SourceCursorTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly Dictionary<string, Func<DataViewRowCursor>> Cursors = new()
    {
        ["windows"] = () => Open(Ml.Data.WindowSeries(Ml.Data.LoadFromEnumerable(Reading.Series("a", 0, 1, 2, 3, 4)), new WindowSeriesOptions { InputColumnName = "Value", WindowSize = 2, Stride = 2, TrailingReadings = TrailingReadings.Keep })),
        ["balanced rows"] = () => Open(Balanced(1)),
        ["balanced rows, none made"] = () => Open(Balanced(0.1)),
        ["original rows"] = () => Open(OriginalRowsView.Of(Balanced(1))),
        ["rows read ahead"] = () => new ReadAheadCursor(Open(Rows()), 16, isBatch: false),
    };

    public static TheoryData<string> Names => [.. Cursors.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_position_counts_rows_and_is_minus_one_before_and_behind_them(string name)
    {
        using var cursor = Cursors[name]();

        cursor.Position.Should().Be(-1);
        long rows = 0;
        for (; cursor.MoveNext(); rows++)
            cursor.Position.Should().Be(rows);

        rows.Should().BeGreaterThan(2);
        cursor.Position.Should().Be(-1);
        cursor.MoveNext().Should().BeFalse();
        cursor.Position.Should().Be(-1);
    }

    private static DataViewRowCursor Open(IDataView view) => view.GetRowCursor(view.Schema);

    private static IDataView Rows() => Ml.Data.LoadFromEnumerable(SeriesRows.Some(40));

    private static IDataView Balanced(double ratio)
    {
        var view = Rows();
        return Ml.Transforms.BalanceTSmote("Series", targetRatio: ratio).Fit(view).Balance(view);
    }
}
