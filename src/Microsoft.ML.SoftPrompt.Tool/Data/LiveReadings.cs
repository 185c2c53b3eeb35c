namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Turns the lines of a CSV file that is being written into readings, a line each.</summary>
/// <param name="source">What the command line says of the columns, and the model's own.</param>
/// <param name="names">The columns' names of an input without a header; null where its first line has them.</param>
internal sealed class LiveReadings(InputFile file, SeriesSource source, string[]? names, ToolConsole console)
{
    private InputTable? _table, _before;
    private int _value, _time, _group;
    private bool _timeIsSure;

    // As for whole files: the series is the file's name, as in training.
    private readonly string _series = file.Path is null ? InputFile.StandardInput : Path.GetFileName(file.Path);

    /// <summary>Expects a header again, as the file starts anew; one that was cut by another than its writer may have none, and then keeps its columns.</summary>
    public void StartAnew() => (_before, _table) = (_table ?? _before, null);

    /// <summary>The reading of a line; null for the header.</summary>
    /// <exception cref="ToolException">The line is no reading; or, before there are columns, no header.</exception>
    public StreamingReading? Read(LiveLine line)
    {
        string text = line.Text ?? throw new ToolException($"{file.DisplayName}, line {line.Number}: not UTF-8 text.");
        if (_table is null && names is null && _before is not null && IsOfSameColumns(line.Number, text))
        {
            console.Warn($"{file.DisplayName}, line {line.Number}: a reading where a header was expected; the columns are taken to be as before.");
            _table = _before;
        }
        if (_table is null)
        {
            SetColumns(line.Number, text);
            if (names is null)
                return null;
        }
        string[] cells = CsvTableReader.ReadLine(file, line.Number, text, _table!.Delimiter);
        // In a table of one column a blank line is a missing value.
        if (_table.Columns.Length == 1 && cells.Length == 0)
            cells = [""];
        if (cells.Length != _table.Columns.Length)
        {
            throw new ToolException(CsvTableReader.IsBlank(cells)
                ? $"{file.DisplayName}, line {line.Number}: a blank line."
                : $"{file.DisplayName}, line {line.Number}: found {cells.Length} cells where there are {_table.Columns.Length} columns.");
        }
        var row = new InputRow(line.Number, cells);
        float value = SeriesReader.Value(_table, row, _value);
        string key = _group < 0 ? _series : cells[_group];
        if (key.Length > StreamingReading.MaxKeyLength)
            throw new ToolException($"{_table.Place(row, _group)}: a series' name of {key.Length} characters; expected at most {StreamingReading.MaxKeyLength}.");
        return new StreamingReading(key, value, Time(row));
    }

    /// <summary>Whether columns are known; a fault before that is one of the whole input.</summary>
    public bool HasColumns => _table is not null;

    /// <summary>Finds the columns by a header line, or of an input without one by the names given.</summary>
    public void SetColumns(long number, string line)
    {
        char delimiter = CsvTableReader.DetectDelimiter(line);
        string[] columns = names ?? Header(CsvTableReader.ReadLine(file, number, line, delimiter));
        var table = new InputTable(file.DisplayName, file, columns, []) { Delimiter = delimiter };
        SeriesColumns found = ColumnGuess.Resolve(table, source.Named, source.Usual);
        SeriesReader.Say(found, table.Noun, source, console);
        _value = table.IndexOf(found.Value);
        _time = found.Time is null ? -1 : table.IndexOf(found.Time);
        _group = found.Group is null ? -1 : table.IndexOf(found.Group);
        _timeIsSure = source.Named.Time is not null;
        _table = table;
    }

    private bool IsOfSameColumns(long number, string line)
    {
        string[] cells = CsvTableReader.ReadLine(file, number, line, _before!.Delimiter);
        return cells.Length == _before.Columns.Length && cells.Any(CsvTableReader.IsData);
    }

    private string[] Header(string[] cells)
    {
        try
        {
            return CsvTableReader.Header(file, cells);
        }
        catch (ToolException fault)
        {
            throw new ToolException($"{fault.Message} Where the input has no header, name its columns with --columns.", fault);
        }
    }

    private DateTime? Time(InputRow row)
    {
        if (_time < 0)
            return null;
        if (Times.TryParse(row.Cells[_time], out DateTime time))
        {
            _timeIsSure = true;
            return time;
        }
        if (_timeIsSure)
            throw new ToolException($"{_table!.Place(row, _time)}: found '{row.Cells[_time]}' where a time such as 2014-04-10 07:15:00 was expected.");
        console.Warn($"{_table!.Place(row, _time)}: '{row.Cells[_time]}' is no time that can be read; readings are taken in the order in which they come.");
        _time = -1;
        return null;
    }
}
