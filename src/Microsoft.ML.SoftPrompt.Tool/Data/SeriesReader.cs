namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Reads the files of `--data`, or what `--query` gives, into series, with labels from a column or from NAB's label file.</summary>
internal static class SeriesReader
{
    public static SeriesData Read(SeriesSource source, ToolConsole console, CancellationToken cancellation = default)
    {
        InputTable[] tables = source.Query is { } query
            ? [SqlQuery.Read(query, source, console, cancellation)]
            : InputFiles.Resolve(source.Data).Select(file => TableReader.Read(file, console)).ToArray();
        SeriesColumns columns = ColumnGuess.Resolve(tables[0], source.Named, source.Usual);
        if (source.LabelFile is not null && source.Named.Label is null)
            columns = columns with { Label = null };
        NabLabelFile? labelFile = source.LabelFile is null ? null : NabLabelFile.Read(source.LabelFile);
        Say(columns, tables[0].Noun, source, console);
        if (source.Named.Order is { } order)
            tables = tables.Select(table => RowOrder.Sort(table, order, columns.Group)).ToArray();

        string[] names = GroupNames(tables);
        var groups = new Dictionary<string, List<Reading>>(StringComparer.Ordinal);
        for (int index = 0; index < tables.Length; index++)
        {
            InputTable table = tables[index];
            int value = Index(table, columns.Value, "--value")!.Value;
            int? time = Index(table, columns.Time, "--time");
            int? label = source.LabelsWanted ? Index(table, columns.Label, "--label") : null;
            int? group = Index(table, columns.Group, "--group");
            DateTime?[] times = table.Rows.Select(row => Time(row, time)).ToArray();
            Func<int, bool> isAnomaly = labelFile is null
                ? row => label is { } column && Label(table, table.Rows[row], column)
                : labelFile.For(table, times, columns.Time, console);
            for (int row = 0; row < table.Rows.Count; row++)
            {
                string name = group is not { } column ? names[index]
                    : tables.Length == 1 ? table.Rows[row].Cells[column]
                    : $"{names[index]}/{table.Rows[row].Cells[column]}";
                if (!groups.TryGetValue(name, out List<Reading>? readings))
                    groups.Add(name, readings = []);
                readings.Add(new Reading(Value(table, table.Rows[row], value), times[row], isAnomaly(row), index, row));
            }
        }
        ReadingSeries[] series = groups.Select(group => new ReadingSeries(group.Key, group.Value)).ToArray();
        TimeOrder.Check(tables, series, console);
        return new SeriesData(tables, columns, series, source.LabelsWanted && (labelFile is not null || columns.Label is not null));
    }

    /// <summary>A cell of values: NaN where it is empty.</summary>
    public static float Value(InputTable table, InputRow row, int column)
    {
        string cell = row.Cells[column];
        if (Cell.IsMissing(cell))
            return float.NaN;
        if (!Cell.TryNumber(cell, out float value))
            throw new ToolException($"{table.Place(row, column)}: found '{cell}' where a number was expected. Leave the cell empty for a missing value, or name another column with --value.");
        return float.IsFinite(value)
            ? value
            : throw new ToolException($"{table.Place(row, column)}: found '{cell}', which is infinite in single precision. Leave the cell empty for a missing value, or scale the column.");
    }

    private static bool Label(InputTable table, InputRow row, int column) =>
        Cell.TryLabel(row.Cells[column], out bool label)
            ? label
            : throw new ToolException($"{table.Place(row, column)}: found '{row.Cells[column]}' where a label was expected: 0, 1, true or false.");

    private static DateTime? Time(InputRow row, int? column) => column is { } index && Times.TryParse(row.Cells[index], out DateTime time) ? time : null;

    private static int? Index(InputTable table, string? column, string option)
    {
        if (column is null)
            return null;
        int index = table.IndexOf(column);
        return index >= 0 ? index : throw ColumnGuess.Unknown(table, column, option);
    }

    /// <summary>A file's name; where two files share it, the folder's name in front.</summary>
    private static string[] GroupNames(IReadOnlyList<InputTable> tables)
    {
        string[] names = tables.Select(table => table.File switch
        {
            null => table.Name,
            { Path: { } path } => Path.GetFileName(path),
            _ => InputFile.StandardInput,
        }).ToArray();
        return names.Select((name, index) => names.Count(other => other == name) == 1 ? name : tables[index].Name.Replace('\\', '/')).ToArray();
    }

    /// <summary>Says which column means what, and why.</summary>
    public static void Say(SeriesColumns columns, string noun, SeriesSource source, ToolConsole console)
    {
        string How(string? column, string? named, string? usual) => column is null ? "none" : named is not null ? column : column == usual ? $"{column} (as trained)" : $"{column} (guessed)";
        SeriesColumns? usual = source.Usual;
        string label = !source.LabelsWanted ? "" : $"label = {source.LabelFile ?? How(columns.Label, source.Named.Label, usual?.Label)}, ";
        console.Error.WriteLine($"columns: value = {How(columns.Value, source.Named.Value, usual?.Value)}, time = {How(columns.Time, source.Named.Time, usual?.Time)}, {label}"
            + $"group = {(columns.Group is null ? "the " + noun : How(columns.Group, source.Named.Group, usual?.Group))}");
    }
}

/// <summary>What the command line says about the input.</summary>
/// <param name="Data">Files, globs or `-`; empty where a database is queried.</param>
/// <param name="LabelsWanted">False for scoring, where a label column is only carried along.</param>
/// <param name="Usual">The columns that a model was trained on: taken where the input has them and none was named.</param>
/// <param name="Query">What to select from the files, or from the database; null to take the files as they are.</param>
/// <param name="Database">A SQLite file; null without one.</param>
internal sealed record SeriesSource(IReadOnlyList<string> Data, NamedColumns Named, string? LabelFile = null, bool LabelsWanted = true, SeriesColumns? Usual = null, string? Query = null, string? Database = null);
