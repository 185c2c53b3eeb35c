using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Puts the rows of a query into the order of a column: a query has none of its own.</summary>
internal static class RowOrder
{
    private const string Option = "--order";

    /// <param name="order">The column to sort by: numbers, or times.</param>
    /// <param name="group">The column that tells series apart, or null. Within one no two rows may be equal: their order would be arbitrary.</param>
    public static InputTable Sort(InputTable table, string order, string? group)
    {
        int column = table.IndexOf(order), groupColumn = group is null ? -1 : table.IndexOf(group);
        if (column < 0)
            throw ColumnGuess.Unknown(table, order, Option);
        bool areTimes = Times.TryParse(table.Rows[0].Cells[column], out _);
        (InputRow Row, decimal Key)[] sorted = table.Rows.Select(row => (Row: row, Key: Key(table, row, column, areTimes))).OrderBy(pair => pair.Key).ToArray();
        // In the order of the keys an equal one can only be the last of its series. The keys themselves are not hashed: numbers whose hashes are equal are easy to make.
        var last = new Dictionary<string, (InputRow Row, decimal Key)>(StringComparer.Ordinal);
        foreach ((InputRow row, decimal key) in sorted)
        {
            string series = groupColumn < 0 ? "" : row.Cells[groupColumn];
            if (last.TryGetValue(series, out (InputRow Row, decimal Key) before) && before.Key == key)
                throw Tie(table, before.Row, row, column, group, series);
            last[series] = (row, key);
        }
        return table with { Rows = sorted.Select(pair => pair.Row).ToArray() };
    }

    private static decimal Key(InputTable table, InputRow row, int column, bool areTimes)
    {
        string cell = row.Cells[column];
        if (areTimes && Times.TryParse(cell, out DateTime time))
            return time.Ticks;
        // Decimal, which tells large whole numbers, such as nanoseconds, apart.
        if (!areTimes && decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
            return number;
        string found = Cell.IsMissing(cell) ? "no value" : $"'{cell}'", expected = areTimes ? "a time, as in the first row," : "a number, or in every row a time such as 2014-04-10 07:15:00,";
        throw new ToolException($"{table.Place(row, column)}: found {found} where {expected} was expected: {Option} sorts by this column. Leave such rows out with WHERE, or name a column of numbers made by the query.");
    }

    private static ToolException Tie(InputTable table, InputRow first, InputRow second, int column, string? group, string series)
    {
        string within = group is null ? "" : $" in the series '{series}' of column '{group}'";
        string advice = group is null ? "a column of which no two are equal, or with --group the column that tells series apart" : "a column of which no two are equal within a series";
        return new ToolException($"{table.Place(second, column)}: found '{second.Cells[column]}', as in row {first.Number}{within}: {Option} would leave it open which comes first. Name {advice}.");
    }
}
