using System.CommandLine;
using System.Globalization;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt explain`: readings and a model in, the values that carry the flagged windows out.</summary>
internal sealed class ExplainCommand
{
    private const string StandardOutput = "-";
    private const int DefaultTop = 3;

    // Windows between two reports.
    private const int Block = 16;

    // Names in a message: enough to see how they are written.
    private const int NamesShown = 5;

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly DataOptions _data;
    private readonly Option<string> _model = CommonOptions.Model("The model that softprompt train saved.");
    private readonly Option<string?> _series = new("--series") { Description = "Only this series, by its name: the file's, or the group's where there is a column of groups.", HelpName = "name" };
    private readonly Option<string?> _at = new("--at") { Description = "Explain the window that holds the reading of this time, flagged or not; a whole number counts the readings of a series, from 0.", HelpName = "time" };
    private readonly Option<int?> _top = CommonOptions.WholeOrNone("--top", $"How many flagged windows to explain, those with the highest scores; none of them overlap. [default: {DefaultTop}]");
    private readonly Option<int?> _width = CommonOptions.WholeOrNone("--width", "How many readings in a row are taken away together; when not given, as few of 1, 2, 4, … as it takes for the window not to be flagged.");
    private readonly Option<string?> _output = new("--output") { Description = "Also write all values with full digits here, as CSV or JSON by the name's end; - writes CSV to standard output.", HelpName = "file.csv|file.json" };
    private readonly Option<int?> _window = CommonOptions.Window();
    private readonly Option<int?> _stride = CommonOptions.Stride();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private ExplainCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        _data = new DataOptions(command, labelsWanted: false);
        foreach (Option option in new Option[] { _model, _series, _at, _top, _width, _output, _window, _stride, _threads })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_at) is not null && result.GetResult(_top) is not null)
                result.AddError("--at and --top both say which windows to explain; give one.");
        });
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "explain",
            "Says which values carry a flagged window: by how much its probability falls when each is replaced by an ordinary value of the window.",
            "softprompt explain --data samples/water-flow.csv --model water.zip --top 3");
        _ = new ExplainCommand(command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string? output = parsed.GetValue(_output);
        using AtomicFile? file = output is null or StandardOutput ? null : new AtomicFile(output);
        MLContext ml = Context.Create(_console, parsed.GetValue(_threads), looksAgain: true);
        AppliedModel model = ModelFile.Load(ml, parsed.GetRequiredValue(_model), parsed.GetValue(_window), parsed.GetValue(_stride));
        SeriesData data = SeriesReader.Read(_data.Read(parsed) with { Usual = model.Notes?.Columns }, _console, _cancellation);
        DataSummary.WriteRead(_console, data);
        IReadOnlyList<ReadingSeries> series = parsed.GetValue(_series) is { } name ? [Named(name, data.Series)] : data.Series;

        IReadOnlyList<ExplainedWindow> windows = parsed.GetValue(_at) is { } at ? [HoldingReadingAt(at, ml, model, series)] : Flagged(parsed.GetValue(_top) ?? DefaultTop, ml, model, series);
        IReadOnlyList<Explanation> explanations = Explain(ml, model, series, windows, parsed.GetValue(_width));
        if (output == StandardOutput)
        {
            ExplanationReport.WriteCsv(_console.Output, series, explanations);
            return Application.Done;
        }
        ExplanationReport.WriteText(_console, model.Parameters, series, explanations);
        if (file is not null)
        {
            file.Commit(() => ExplanationReport.ToJson(model.Parameters, series, explanations), writer => ExplanationReport.WriteCsv(writer, series, explanations));
            _console.Error.WriteLine($"saved {output}");
        }
        return Application.Done;
    }

    private IReadOnlyList<Explanation> Explain(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, IReadOnlyList<ExplainedWindow> windows, int? width) =>
        ProgressDisplay.Count(_console, "explaining", "windows", windows.Count, progress =>
        {
            var explanations = new List<Explanation>();
            foreach (ExplainedWindow[] block in windows.Chunk(Block))
            {
                progress.Report(explanations.Count);
                explanations.AddRange(Explainer.Explain(ml, model, series, block, width, _cancellation));
            }
            return explanations;
        });

    private IReadOnlyList<ExplainedWindow> Flagged(int top, MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series)
    {
        IReadOnlyList<(ExplainedWindow Window, float Logit)> highest = Explainer.Highest(ml, model, series, top, _console, _cancellation);
        ExplainedWindow[] flagged = highest.Where(scored => scored.Logit > model.Parameters.ScoreThreshold).Select(scored => scored.Window).ToArray();
        if (flagged.Length == 0)
        {
            _console.Warn(string.Create(CultureInfo.InvariantCulture,
                $"no window is flagged: the highest probability is {model.Parameters.ToProbability(highest[0].Logit):0.00##}, and the threshold {model.Parameters.DecisionThreshold:0.00##}. --at explains a window all the same."));
        }
        return flagged;
    }

    private ExplainedWindow HoldingReadingAt(string at, MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series)
    {
        bool counts = int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        DateTime time = default;
        if (!counts && !Times.TryParse(at, out time))
            throw new ToolException($"--at is '{at}'; expected a time such as \"2014-04-10 00:05\", or a whole number that counts the readings of a series from 0.");
        (int Series, int[] Readings)[] found = series.Select((one, index) => (index, counts ? (number < one.Count ? [number] : []) : At(time, one)))
            .Where(place => place.Item2.Length > 0).ToArray();
        if (found.Length == 0)
            throw new ToolException($"No series has a reading {(counts ? $"number {number}" : $"at {Times.Written(time)}")}. {Extent(series[0], counts)}");
        if (found.Length > 1)
            throw new ToolException($"{found.Length} series have a reading {at}: {string.Join(", ", found.Take(NamesShown).Select(place => $"'{series[place.Series].Name}'"))}{(found.Length > NamesShown ? ", …" : "")}. Name one with --series.");
        if (found[0].Readings is not [int reading])
            throw new ToolException($"'{series[found[0].Series].Name}' has {found[0].Readings.Length} readings at {Times.Written(time)}, numbers {string.Join(", ", found[0].Readings.Take(NamesShown))}{(found[0].Readings.Length > NamesShown ? ", …" : "")} (from 0). Give --at one of these numbers.");
        return Explainer.Holding(ml, model, series, found[0].Series, reading, _cancellation);
    }

    private static ReadingSeries Named(string name, IReadOnlyList<ReadingSeries> series) => series.FirstOrDefault(one => one.Name == name)
        ?? throw new ToolException($"There is no series '{name}' among the {series.Count} that were read: {string.Join(", ", series.Take(NamesShown).Select(one => $"'{one.Name}'"))}{(series.Count > NamesShown ? ", …" : "")}.");

    private static int[] At(DateTime time, ReadingSeries series) => [.. Enumerable.Range(0, series.Count).Where(i => series.Readings[i].Time == time)];

    private static string Extent(ReadingSeries series, bool counts) =>
        counts ? $"'{series.Name}' has 0 to {series.Count - 1}."
        : series.Readings[0].Time is { } first && series.Readings[^1].Time is { } last ? $"'{series.Name}' goes from {Times.Written(first)} to {Times.Written(last)}; name the time of a reading exactly."
        : $"'{series.Name}' has no times that can be read; give a reading's number, from 0.";
}
