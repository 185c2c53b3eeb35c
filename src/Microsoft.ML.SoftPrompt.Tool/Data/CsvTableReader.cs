using CsvHelper;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Reads a CSV file with a header; refuses what is not a proper table, naming file and line.</summary>
internal static class CsvTableReader
{
    // Ties go to the first: a header without any of them is one column.
    private static readonly char[] Delimiters = [',', ';', '\t'];

    public static InputTable Read(InputFile file, ToolConsole console)
    {
        string text = InputText.Read(file, console);
        char delimiter = DetectDelimiter(text);
        using CsvReader reader = Open(text, delimiter);
        try
        {
            if (!reader.Read() || IsBlank(Cells(reader)))
                throw new ToolException($"{file.DisplayName} is empty. A header line with the columns' names, then a line a reading, is expected.");
            string[] columns = Header(file, Cells(reader));
            IReadOnlyList<InputRow> rows = Rows(file, reader, columns.Length);
            return rows.Count > 0
                ? new InputTable(file.DisplayName, file, columns, rows) { Delimiter = delimiter }
                : throw new ToolException($"{file.DisplayName} has a header but no readings.");
        }
        catch (CsvFormatException fault)
        {
            throw Malformed(file, fault.LineNumber, fault);
        }
    }

    /// <summary>The cells of a line by itself, so that none of them can hold a line break.</summary>
    /// <param name="number">The line's number in the file, from 1.</param>
    public static string[] ReadLine(InputFile file, long number, string line, char delimiter)
    {
        try
        {
            using CsvReader reader = Open(line, delimiter);
            return reader.Read() ? Cells(reader) : [];
        }
        catch (CsvFormatException fault)
        {
            throw Malformed(file, number, fault);
        }
    }

    private static CsvReader Open(string text, char delimiter) => CsvReader.FromText(text, new CsvReaderOptions
    {
        Separator = delimiter,
        HasHeader = false,
        SkipEmptyLines = false,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    });

    private static ToolException Malformed(InputFile file, long line, CsvFormatException fault) =>
        new($"{file.DisplayName}, line {line}: not proper CSV: {fault.Message} Quote the whole cell and double the quotes within.", fault);

    private static string[] Cells(CsvReader reader)
    {
        var cells = new string[reader.FieldCount];
        for (int i = 0; i < cells.Length; i++)
            cells[i] = reader.GetString(i);
        return cells;
    }

    /// <summary>The columns' names; refuses a first line that is one of data.</summary>
    public static string[] Header(InputFile file, string[] cells)
    {
        string[] columns = cells.Select(cell => cell.Trim()).ToArray();
        if (columns.FirstOrDefault(IsData) is { } data)
            throw new ToolException($"{file.DisplayName}, line 1: found the value '{data}' where a column's name was expected. The first line has to name the columns, for example timestamp,value.");
        string? twice = columns.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
            throw new ToolException($"{file.DisplayName}, line 1: the column name '{twice}' stands there more than once. Give every column a name of its own.");
        return columns;
    }

    private static List<InputRow> Rows(InputFile file, CsvReader reader, int width)
    {
        var rows = new List<InputRow>();
        long blankLine = 0;
        while (reader.Read())
        {
            string[] cells = Cells(reader);
            // In a file of one column a blank line is a missing value; elsewhere only the end of the file may be blank.
            if (IsBlank(cells) && width > 1)
            {
                blankLine = blankLine == 0 ? reader.LineNumber : blankLine;
                continue;
            }
            if (blankLine > 0)
                throw new ToolException($"{file.DisplayName}, line {blankLine}: a blank line between readings. Remove it, or write the missing reading with an empty value.");
            if (cells.Length != width)
                throw new ToolException($"{file.DisplayName}, line {reader.LineNumber}: found {cells.Length} cells where the header has {width} columns. Every line needs a cell for every column.");
            rows.Add(new InputRow(reader.LineNumber, cells));
        }
        if (width == 1)
        {
            int end = rows.FindLastIndex(row => !string.IsNullOrWhiteSpace(row.Cells[0])) + 1;
            rows.RemoveRange(end, rows.Count - end);
        }
        return rows;
    }

    /// <summary>Whether a cell holds a value and is no column's name.</summary>
    public static bool IsData(string cell) => Cell.IsNumber(cell) || Times.TryParse(cell, out _);

    public static bool IsBlank(string[] cells) => cells.Length == 0 || (cells.Length == 1 && string.IsNullOrWhiteSpace(cells[0]));

    /// <summary>What stands between the cells of the first line.</summary>
    public static char DetectDelimiter(string text)
    {
        int end = text.AsSpan().IndexOfAny('\r', '\n');
        string header = end < 0 ? text : text[..end];
        bool quoted = false;
        var counts = new int[Delimiters.Length];
        foreach (char symbol in header)
        {
            if (symbol == '"')
                quoted = !quoted;
            else if (!quoted && Array.IndexOf(Delimiters, symbol) is var found and >= 0)
                counts[found]++;
        }
        return Delimiters[Array.IndexOf(counts, counts.Max())];
    }
}
