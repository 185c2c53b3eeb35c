using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt evaluate`: labelled readings and a model in, a table of metrics out, with the controls beside.</summary>
internal sealed class EvaluateCommand
{
    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly DataOptions _data;
    private readonly Option<string> _model = CommonOptions.Model("The model that softprompt train saved.");
    private readonly Option<SeriesSplit?> _split = CommonOptions.Split("The split that the model was trained with; all readings are judged when not given.");
    private readonly Option<SeriesPart?> _part = CommonOptions.Choice<SeriesPart>("--part", "The part of the split to judge. [default: test]");
    private readonly Option<string?> _json = new("--json") { Description = "Also write the metrics here.", HelpName = "file.json" };
    private readonly Option<string?> _report = new("--report") { Description = "Also write a report to look at here: plots, curves, the worst cases, in one HTML file.", HelpName = "file.html" };
    private readonly Option<int?> _window = CommonOptions.Window();
    private readonly Option<int?> _stride = CommonOptions.Stride();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private EvaluateCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        _data = new DataOptions(command, labelsWanted: true);
        foreach (Option option in new Option[] { _model, _split, _part, _json, _report, _window, _stride, _threads })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_part) is not null && result.GetResult(_split) is null)
                result.AddError("--part needs --split, which says where the parts are cut, for example --split 60/20/20.");
        });
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "evaluate",
            "Judges a model on labelled series, beside three controls: a constant answer, the largest z-score and the largest jump.",
            "softprompt evaluate --data samples/water-flow.csv --model water.zip --split 60/0/40 --part test");
        _ = new EvaluateCommand(command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_model);
        using AtomicFile? json = parsed.GetValue(_json) is { } jsonPath ? new AtomicFile(jsonPath) : null;
        using AtomicFile? report = parsed.GetValue(_report) is { } reportPath ? new AtomicFile(reportPath) : null;
        MLContext ml = Context.Create(_console, parsed.GetValue(_threads), looksAgain: true);
        AppliedModel model = ModelFile.Load(ml, path, parsed.GetValue(_window), parsed.GetValue(_stride));
        SeriesData data = SeriesReader.Read(_data.Read(parsed) with { Usual = model.Notes?.Columns }, _console, _cancellation);
        DataSummary.WriteRead(_console, data);
        if (!data.HasLabels)
            throw new ToolException("There is nothing to judge by: no label column was found or named (--label), and no label file was given (--labels).");

        SeriesSplit? split = parsed.GetValue(_split);
        SeriesPart part = split is null ? SeriesPart.All : parsed.GetValue(_part) ?? SeriesPart.Test;
        if (model.Notes is { } notes && split is not null && notes.Settings.Split != split.ToString())
            _console.Warn($"the model was trained with --split {notes.Settings.Split}, not {split}; this part may hold readings it was trained on.");
        IReadOnlyList<ReadingSeries> series = (split ?? SeriesSplit.None).Cut(data.Series, part);
        EvaluationResult result = Evaluator.Run(ml, model, series, _console, _cancellation);
        string judged = part == SeriesPart.All ? "all readings" : $"{part.ToString().ToLowerInvariant()} part of {split}";
        _console.Output.WriteLine($"{judged}: {Numbers.Count(result.Items, result.Unit, result.Unit + "s")}, {Numbers.Count(result.Anomalies)} anomalous");
        EvaluationReport.WriteTable(_console, result);
        EvaluationReport.WriteStretches(_console, result);
        if (json is not null)
        {
            json.Stream.Write(EvaluationReport.ToJson(result, path, (split ?? SeriesSplit.None).ToString(), part.ToString().ToLowerInvariant()));
            json.Commit();
        }
        if (report is not null)
        {
            EvaluationPage.Create(ml, result, model, series, $"{Title(data)}: {judged}",
                [new("Command", CommandLineText.Of(parsed)), new("Data", string.Join(", ", data.Tables.Select(table => table.Name))), new("Model file", path)], _cancellation).Save(report.Stream);
            report.Commit();
        }
        return Application.Done;
    }

    private static string Title(SeriesData data)
    {
        string first = Path.GetFileName(data.Tables[0].Name);
        return data.Tables.Count == 1 ? first : $"{first} and {Numbers.Count(data.Tables.Count - 1)} more";
    }
}
