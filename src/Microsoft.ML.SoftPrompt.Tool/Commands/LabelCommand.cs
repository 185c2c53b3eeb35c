using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt label`: series in, labels by the rules for context anomalies out, with the evidence.</summary>
internal sealed class LabelCommand
{
    private const string StandardOutput = "-";

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly DataOptions _data;
    private readonly Option<string?> _output = new("--output") { Description = "Also write all labels with full digits here, as CSV or JSON by the name's end; - writes CSV to standard output.", HelpName = "file.csv|file.json" };
    private readonly Option<int?> _window = CommonOptions.WholeOrNone("--window", "Label windows of so many readings; whole series when not given.");
    private readonly Option<int?> _stride = CommonOptions.WholeOrNone("--stride", "Readings from one window's start to the next; the window's length when not given.");
    private readonly Option<SplitCorrection?> _correction = CommonOptions.Choice<SplitCorrection>("--split-correction", "How shifts and changes of volatility allow for the number of splits tried. [default: none, the paper's]");

    private LabelCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        _data = new DataOptions(command, labelsWanted: false);
        foreach (Option option in new Option[] { _output, _window, _stride, _correction })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_stride) is not null && result.GetResult(_window) is null)
                result.AddError("--stride needs --window, which says how long a window is, for example --window 24.");
        });
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "label",
            "Labels series by four rules (trend, spike, shift, change of volatility), without a model, and shows the evidence.",
            "softprompt label --data samples/water-flow.csv --window 48 --split-correction bonferroni --output labels.csv");
        _ = new LabelCommand(command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string? output = parsed.GetValue(_output);
        using AtomicFile? file = output is null or StandardOutput ? null : new AtomicFile(output);
        SeriesData data = SeriesReader.Read(_data.Read(parsed), _console, _cancellation);
        DataSummary.WriteRead(_console, data);
        TrainingSettings? windows = parsed.GetValue(_window) is { } window ? new TrainingSettings { Window = window, Stride = parsed.GetValue(_stride) ?? window } : null;
        int longest = data.Series.Max(series => series.Count);
        if (longest < windows?.Window)
            throw new ToolException($"A window of {windows.Window} readings is longer than every series: the longest of {data.Series.Count} has {longest}. Choose a smaller --window, or leave it out to label series whole.");
        SeriesLabels labels = SeriesLabeler.Label(Context.Create(_console, threads: null), data.Series, windows, parsed.GetValue(_correction) ?? SplitCorrection.None, _console, _cancellation);

        string summary = LabelsReport.Summary(labels, windows is null ? "series" : "windows");
        if (output == StandardOutput)
        {
            LabelsReport.WriteCsv(_console.Output, labels);
            _console.Error.WriteLine(summary);
            return Application.Done;
        }
        LabelsReport.WriteTable(_console, labels);
        _console.Output.WriteLine(summary);
        if (file is not null)
        {
            file.Commit(() => LabelsReport.ToJson(labels), writer => LabelsReport.WriteCsv(writer, labels));
            _console.Error.WriteLine($"saved {output}");
        }
        return Application.Done;
    }
}
