using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>
/// Reads readings written as JSON objects: an array of them, or one a line. The columns are the objects' keys in the order in which
/// they first appear; a key that an object lacks is a missing value.
/// </summary>
internal static class JsonTableReader
{
    public static InputTable Read(InputFile file, ToolConsole console)
    {
        using JsonDocument document = Parse(InputText.Read(file, console), file, firstLine: 1);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array)
            throw new ToolException($"{file.DisplayName}: found a JSON {root.ValueKind} where an array of objects, one a reading, was expected. A file with an object a line is to be named .jsonl.");
        var builder = new Builder(file, "row");
        foreach (JsonElement element in root.EnumerateArray())
            builder.Add(element, builder.Count + 1);
        return builder.Build();
    }

    public static InputTable ReadLines(InputFile file, ToolConsole console)
    {
        var builder = new Builder(file, "line");
        using var reader = new StringReader(InputText.Read(file, console));
        long line = 0, blankLine = 0;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (string.IsNullOrWhiteSpace(text))
            {
                blankLine = blankLine == 0 ? line : blankLine;
                continue;
            }
            if (blankLine > 0)
                throw new ToolException($"{file.DisplayName}, line {blankLine}: a blank line before a reading. Remove it, or write the missing reading as {{}}.");
            using JsonDocument document = Parse(text, file, line);
            builder.Add(document.RootElement, line);
        }
        return builder.Build();
    }

    private static JsonDocument Parse(string text, InputFile file, long firstLine)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException fault)
        {
            // The exception ends with advice for programmers, and a position of its own, which counts from 0 and, for lines, knows one only.
            string found = fault.Message.Split(" LineNumber:")[0].Split(" Change the reader options")[0];
            throw new ToolException($"{file.DisplayName}, line {firstLine + fault.LineNumber}, byte {fault.BytePositionInLine + 1}: not proper JSON: {found}", fault);
        }
    }

    /// <summary>Collects objects whose keys may differ.</summary>
    private sealed class Builder(InputFile file, string rowNoun)
    {
        /// <summary>Cells that a table may have whatever it is made of, and how many for each value beyond: objects that share no key would take the square of their number.</summary>
        private const long FreeCells = 1_000_000, CellsOfAValue = 100;

        private long _values, _cells;

        private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
        private readonly List<(long Number, List<string?> Cells)> _rows = [];

        public int Count => _rows.Count;

        public void Add(JsonElement element, long number)
        {
            string place = $"{file.DisplayName}, {rowNoun} {number}";
            if (element.ValueKind != JsonValueKind.Object)
                throw new ToolException($"{place}: found a JSON {element.ValueKind} where an object, such as {{\"time\": \"2014-04-10 07:15:00\", \"value\": 1.5}}, was expected.");
            try
            {
                _rows.Add((number, Cells(element, place)));
            }
            // Such as half of a surrogate pair, which only shows once the text is asked for.
            catch (InvalidOperationException fault)
            {
                throw new ToolException($"{place}: not proper JSON: {fault.Message}", fault);
            }
            _cells += _rows[^1].Cells.Count;
            CheckFilled(_cells, place);
        }

        private void CheckFilled(long cells, string place)
        {
            if (cells > FreeCells + CellsOfAValue * _values)
                throw new ToolException($"{place}: the objects so far have {_columns.Count:N0} different keys between them, and most lack nearly all of them. Give all objects the same keys.");
        }

        public InputTable Build()
        {
            if (_columns.Count == 0)
                throw new ToolException($"{file.DisplayName} holds no readings. An object a reading, such as {{\"time\": \"2014-04-10 07:15:00\", \"value\": 1.5}}, is expected.");
            CheckFilled((long)_rows.Count * _columns.Count, $"{file.DisplayName}, {rowNoun} {_rows[^1].Number}");
            InputRow[] rows = _rows.Select(row => new InputRow(row.Number, Enumerable.Range(0, _columns.Count).Select(i => row.Cells.ElementAtOrDefault(i) ?? "").ToArray())).ToArray();
            return new InputTable(file.DisplayName, file, [.. _columns.Keys], rows) { RowNoun = rowNoun };
        }

        private List<string?> Cells(JsonElement element, string place)
        {
            var cells = new List<string?>(_columns.Count);
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _values++;
                if (!_columns.TryGetValue(property.Name, out int column))
                    _columns.Add(property.Name, column = _columns.Count);
                while (cells.Count <= column)
                    cells.Add(null);
                if (cells[column] is not null)
                    throw new ToolException($"{place}: the key '{property.Name}' stands there more than once. Give every key once.");
                cells[column] = property.Value.ValueKind switch
                {
                    JsonValueKind.String => property.Value.GetString(),
                    JsonValueKind.Null => "",
                    JsonValueKind.True => "true",
                    JsonValueKind.False => "false",
                    JsonValueKind.Number => property.Value.GetRawText(),
                    _ => throw new ToolException($"{place}, key '{property.Name}': found a nested {property.Value.ValueKind} where a number, a text, true, false or null was expected. Write its parts under keys of their own."),
                };
            }
            return cells;
        }
    }
}
