namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>A CSV file as text: every cell as it stood in the file.</summary>
internal sealed record CsvTable(InputFile File, char Delimiter, string[] Columns, IReadOnlyList<CsvRow> Rows)
{
    public string Name => File.DisplayName;

    /// <summary>The index of a column named by the user; an exact name wins over one that differs in case.</summary>
    public int IndexOf(string column)
    {
        int exact = Array.IndexOf(Columns, column);
        return exact >= 0 ? exact : Array.FindIndex(Columns, name => name.Equals(column, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The place of a cell as the messages write it.</summary>
    public string Place(CsvRow row, int column) => $"{Name}, line {row.Line}, column '{Columns[column]}'";
}

/// <summary>A data row and the line of the file it starts on (from 1, the header included).</summary>
internal readonly record struct CsvRow(long Line, string[] Cells);
