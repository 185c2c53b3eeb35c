using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>The options that say what to read.</summary>
internal sealed class DataOptions
{
    private readonly Option<string[]> _data = new("--data")
    {
        Description = "CSV files with a header, or JSON objects (.json an array, .jsonl and .ndjson a line each): paths, globs such as \"folder/*.csv\" (quoted), or - for CSV from standard input. Each file is a series of its own.",
        HelpName = "files",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _query = Column("--query", "sql", "One SELECT over the files of --data, each a table named as the file without its extension, or over --database. Needs --order.");
    private readonly Option<string?> _database = Column("--database", "file", "A SQLite database for --query, instead of --data; it is only read.");
    private readonly Option<string?> _order = Column("--order", "column", "The column of the query's result by which readings are in time order within their series: numbers or times, often the one of --time.");
    private readonly Option<string?> _labels = Column("--labels", "file.json", "A label file of the Numenta Anomaly Benchmark: combined_windows.json or combined_labels.json.");
    private readonly Option<string?> _value = Column("--value", "column", "The column of values; guessed when not given.");
    private readonly Option<string?> _time = Column("--time", "column", "The column of times; guessed when not given.");
    private readonly Option<string?> _label = Column("--label", "column", "The column of labels (0, 1, true, false); guessed when not given.");
    private readonly Option<string?> _group = Column("--group", "column", "The column that tells series within a file apart.");
    private readonly bool _labelsWanted;

    public DataOptions(Command command, bool labelsWanted)
    {
        _labelsWanted = labelsWanted;
        command.Add(_data);
        command.Add(_query);
        command.Add(_database);
        command.Add(_order);
        if (labelsWanted)
            command.Add(_labels);
        command.Add(_value);
        command.Add(_time);
        if (labelsWanted)
            command.Add(_label);
        command.Add(_group);
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is not null;
            if (Given(_labels) && Given(_label))
                result.AddError("--labels and --label both say what is anomalous; give one.");
            if (Given(_data) && Given(_database))
                result.AddError("--data and --database both say what to read; give one.");
            if (!Given(_data) && !Given(_database))
                result.AddError("There is nothing to read: give files with --data, or a SQLite database with --database, --query and --order.");
            if (Given(_database) && !Given(_query))
                result.AddError("--database needs --query, which says what to read from it, for example --query \"SELECT time, value FROM readings\" --order time.");
            if (Given(_query) && !Given(_order))
                result.AddError("--query needs --order: a query's rows have no order of their own. Name the column of its result that gives the order in time.");
            if (Given(_order) && !Given(_query))
                result.AddError("--order is for the result of --query; files are read in their own order.");
        });
    }

    public SeriesSource Read(ParseResult parsed) => new(
        parsed.GetValue(_data) ?? [],
        new NamedColumns(parsed.GetValue(_value), parsed.GetValue(_time), _labelsWanted ? parsed.GetValue(_label) : null, parsed.GetValue(_group), parsed.GetValue(_order)),
        _labelsWanted ? parsed.GetValue(_labels) : null,
        _labelsWanted,
        Query: parsed.GetValue(_query),
        Database: parsed.GetValue(_database));

    private static Option<string?> Column(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };
}
