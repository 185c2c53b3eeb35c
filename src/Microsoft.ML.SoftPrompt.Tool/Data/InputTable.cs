using System.Globalization;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>What a reader made of a file, or a query of its data: every cell as text, an empty one where there is none.</summary>
/// <param name="Name">How the messages call it.</param>
/// <param name="File">The file behind it; null for a query over a database or over several files.</param>
internal sealed record InputTable(string Name, InputFile? File, string[] Columns, IReadOnlyList<InputRow> Rows)
{
    private const int MostListed = 50;

    /// <summary>Gets what stands between the cells of a CSV file, so that scores are written alike.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Gets what the table is: a file or a query.</summary>
    public string Noun { get; init; } = "file";

    /// <summary>Gets what a row's number counts: lines or rows.</summary>
    public string RowNoun { get; init; } = "line";

    /// <summary>The index of a column named by the user; an exact name wins over one that differs in case.</summary>
    public int IndexOf(string column)
    {
        int exact = Array.IndexOf(Columns, column);
        return exact >= 0 ? exact : Array.FindIndex(Columns, name => name.Equals(column, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Names of columns for messages; of very many, the first.</summary>
    public static string Listed(IReadOnlyList<string> columns) => columns.Count <= MostListed
        ? string.Join(", ", columns)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", columns.Take(MostListed))} and {columns.Count - MostListed:N0} more");

    /// <summary>The place of a row as the messages write it.</summary>
    public string Place(InputRow row) => $"{Name}, {RowNoun} {row.Number}";

    /// <summary>The place of a cell as the messages write it.</summary>
    public string Place(InputRow row, int column) => $"{Place(row)}, column '{Columns[column]}'";
}

/// <summary>A reading's cells and their place, from 1: the line of a text file that they start on (a header included), else the row.</summary>
internal readonly record struct InputRow(long Number, string[] Cells);
