namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Finds out which column is the value, the time, the label and the group, from what was named and from names and types.</summary>
internal static class ColumnGuess
{
    private static readonly string[] ValueNames = ["value", "values", "valuenum", "reading", "measurement", "y"];
    private static readonly string[] TimeNames = ["timestamp", "time", "datetime", "date", "ds", "charttime"];
    private static readonly string[] LabelNames = ["is_anomaly", "isanomaly", "label", "anomaly", "is_outlier", "outlier"];
    private static readonly string[] GroupNames = ["group", "series", "series_id", "unique_id", "host"];
    // Numbers that count rows instead of measuring something.
    private static readonly string[] IndexNames = ["", "id", "index", "row", "row_id", "no"];

    // Types are judged on the first readings: a fault further down is an error with its line, not another guess.
    private const int RowsLookedAt = 100;

    /// <param name="usual">The columns of an earlier run, taken where the table has them; null without one.</param>
    public static SeriesColumns Resolve(InputTable table, NamedColumns named, SeriesColumns? usual = null)
    {
        int label = Named(table, named.Label, "--label") ?? Usual(table, usual?.Label) ?? ByName(table, LabelNames, column => Cells(table, column).All(cell => Cell.TryLabel(cell, out _)));
        int time = Named(table, named.Time, "--time") ?? Usual(table, usual?.Time) ?? Time(table, label);
        int group = Named(table, named.Group, "--group") ?? Usual(table, usual?.Group) ?? ByName(table, GroupNames, column => Repeats(table, column));
        int order = Named(table, named.Order, "--order") ?? -1;
        int value = Named(table, named.Value, "--value") ?? Usual(table, usual?.Value) ?? Value(table, [time, label, group, order]);
        return new SeriesColumns(table.Columns[value], Name(table, time), Name(table, label), Name(table, group));
    }

    private static int? Usual(InputTable table, string? column) => column is not null && table.IndexOf(column) is var index and >= 0 ? index : null;

    private static int? Named(InputTable table, string? column, string option)
    {
        if (column is null)
            return null;
        int index = table.IndexOf(column);
        return index >= 0 ? index : throw Unknown(table, column, option);
    }

    public static ToolException Unknown(InputTable table, string column, string option) =>
        new($"{table.Name} has no column '{column}' ({option}). Its columns are: {InputTable.Listed(table.Columns)}.");

    private static int Time(InputTable table, int label)
    {
        int byName = ByName(table, TimeNames, _ => true);
        if (byName >= 0)
            return byName;
        for (int column = 0; column < table.Columns.Length; column++)
        {
            string[] filled = Cells(table, column).Where(cell => !Cell.IsMissing(cell)).ToArray();
            if (column != label && filled.Length > 0 && filled.All(cell => Times.TryParse(cell, out _)))
                return column;
        }
        return -1;
    }

    private static int Value(InputTable table, int[] taken)
    {
        int byName = ByName(table, ValueNames, column => !taken.Contains(column));
        if (byName >= 0)
            return byName;
        int[] numeric = Enumerable.Range(0, table.Columns.Length)
            .Where(column => !taken.Contains(column) && !IndexNames.Contains(table.Columns[column], StringComparer.OrdinalIgnoreCase) && IsNumeric(table, column))
            .ToArray();
        return numeric.Length switch
        {
            1 => numeric[0],
            0 => throw new ToolException($"{table.Name} has no column of numbers that could be the value. Its columns are: {InputTable.Listed(table.Columns)}. Name it with --value."),
            _ => throw new ToolException($"{table.Name} has several columns that could be the value: {InputTable.Listed([.. numeric.Select(column => table.Columns[column])])}. Name one with --value."),
        };
    }

    private static int ByName(InputTable table, string[] names, Func<int, bool> fits)
    {
        foreach (string name in names)
        {
            int index = Array.FindIndex(table.Columns, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (index >= 0 && fits(index))
                return index;
        }
        return -1;
    }

    private static bool IsNumeric(InputTable table, int column)
    {
        string[] filled = Cells(table, column).Where(cell => !Cell.IsMissing(cell)).ToArray();
        return filled.Length > 0 && filled.All(Cell.IsNumber);
    }

    private static bool Repeats(InputTable table, int column)
    {
        string[] cells = table.Rows.Select(row => row.Cells[column]).ToArray();
        return cells.Distinct(StringComparer.Ordinal).Count() * 2 <= cells.Length;
    }

    private static IEnumerable<string> Cells(InputTable table, int column) => table.Rows.Take(RowsLookedAt).Select(row => row.Cells[column]);

    private static string? Name(InputTable table, int column) => column < 0 ? null : table.Columns[column];
}

/// <summary>The columns named on the command line; null where they are to be guessed.</summary>
/// <param name="Order">The column that puts the rows of a query into order; never guessed.</param>
internal sealed record NamedColumns(string? Value = null, string? Time = null, string? Label = null, string? Group = null, string? Order = null);
