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
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
    };

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
        if (labelsWanted)
            command.Add(_labels);
        command.Add(_value);
        command.Add(_time);
        if (labelsWanted)
            command.Add(_label);
        command.Add(_group);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_labels) is not null && result.GetResult(_label) is not null)
                result.AddError("--labels and --label both say what is anomalous; give one.");
        });
    }

    public SeriesSource Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_data),
        new NamedColumns(parsed.GetValue(_value), parsed.GetValue(_time), _labelsWanted ? parsed.GetValue(_label) : null, parsed.GetValue(_group)),
        _labelsWanted ? parsed.GetValue(_labels) : null,
        _labelsWanted);

    private static Option<string?> Column(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };
}
