using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Reports;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt sweep`: readings with labels and a search space in, the best model and a report of all trials out.</summary>
internal sealed class SweepCommand
{
    private const string DefaultSplit = "60/20/20";

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly DataOptions _data;
    private readonly Option<string> _model = CommonOptions.Model("Where the best model is saved; what is there is replaced once the sweep has ended.");
    private readonly Option<string?> _report = new("--report") { Description = "Also write a report to look at here: all trials, what mattered, in one HTML file.", HelpName = "file.html" };
    private readonly Option<SeriesSplit?> _split = CommonOptions.Split($"Percent of each series for training, validation and test, by time. Trials are compared on the validation part; the best is judged once on the test part. [default: {DefaultSplit}]");
    private readonly Option<SweepStrategy?> _strategy = CommonOptions.Choice<SweepStrategy>("--strategy", "Draw trials at random, try all combinations, or prune by successive halving on epochs. [default: random]", StrategyName);
    private readonly Option<int?> _trials = CommonOptions.WholeOrNone("--trials", "The most trials. [default: 20; all combinations of a grid]");
    private readonly Option<TimeSpan?> _time = Duration("--time-limit", "The most time: after it no trial begins, and those under way are stopped. [default: no limit]");
    private readonly Option<int> _halvingRate = CommonOptions.Whole("--halving-rate", 3, "With halving, one of so many trials goes on from each round, for so many times the epochs.", smallest: 2);
    private readonly Option<int> _parallel = CommonOptions.Whole("--parallel", 1, "Trials side by side. Results do not depend on it.");
    private readonly Option<string?> _folder = new("--dir") { Description = "Keep every trial in this folder at once; a sweep that was ended goes on from there.", HelpName = "folder" };
    private readonly SweepParameters _parameters;
    private readonly Option<bool> _points = new("--points") { Description = "Label every reading instead of every window." };
    private readonly Option<int> _epochs = CommonOptions.Whole("--epochs", Defaults.Epochs, "Passes over the training windows.");
    private readonly Option<int> _batchSize = CommonOptions.Whole("--batch-size", Defaults.BatchSize, "Windows in a step.");
    private readonly Option<SoftPromptEarlyStopping?> _earlyStopping = CommonOptions.Choice<SoftPromptEarlyStopping>("--early-stopping", "End a training when this metric on its validation windows no longer improves. [default: none]");
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of the trials' parameters and of every training.", HelpName = "n", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<string?> _backbone = new("--backbone") { Description = "Another frozen language model: a folder in Hugging Face's form, or a GGUF file; all-MiniLM-L6-v2, built in, when not given.", HelpName = "path" };
    private readonly Option<WeightPrecision?> _backbonePrecision = CommonOptions.Precision("--backbone-precision");
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private SweepCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        _data = new DataOptions(command, labelsWanted: true);
        foreach (Option option in new Option[] { _model, _report, _split, _strategy, _trials, _time, _halvingRate, _parallel, _folder })
            command.Add(option);
        _parameters = new SweepParameters(command);
        foreach (Option option in new Option[] { _points, _epochs, _batchSize, _earlyStopping, _seed, _backbone, _backbonePrecision, _threads })
            command.Add(option);
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "sweep",
            "Searches for the parameters of a detector, and saves the best model. A parameter is a value, values (5,10,20) or a range (0.003..0.1:log); where none is swept, "
                + $"these are: {SweepParameters.Usual}.",
            "softprompt sweep --data samples/water-flow.csv --points --strategy halving --trials 9 --epochs 9 --window 12,24,48 --prompt-learning-rate 0.003..0.1:log --dir water-sweep --report sweep.html --model water.zip");
        _ = new SweepCommand(command, console, cancellation);
        return command;
    }

    private static TrainingSettings Defaults { get; } = new();

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_model);
        // First of all, since a sweep may take hours: can its results be put there?
        using var file = new AtomicFile(path);
        using AtomicFile? report = parsed.GetValue(_report) is { } reportPath ? new AtomicFile(reportPath) : null;
        SeriesSource source = _data.Read(parsed);
        SeriesData data = SeriesReader.Read(source, _console, _cancellation);
        DataSummary.WriteRead(_console, data);
        if (!data.HasLabels)
            throw new ToolException("There is nothing to learn from: no label column was found or named (--label), and no label file was given (--labels).");
        SeriesSplit split = parsed.GetValue(_split) ?? SeriesSplit.Parse(DefaultSplit);
        if (split.Validation == 0)
            throw new ToolException($"Trials are compared on the validation part, and --split {split} has none. Give it one, for example {DefaultSplit}.");

        SoftPromptSweep.Options options = Options(parsed, data.Series.Count);
        MLContext ml = Context.CreateQuiet(parsed.GetValue(_threads));
        // What the stages warn of stands with each trial; this is of the sweep itself.
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning && message.Source.StartsWith(nameof(SoftPromptSweep), StringComparison.Ordinal))
                _console.Warn(message.RawMessage);
        };
        IReadOnlyList<ReadingSeries> train = split.Cut(data.Series, SeriesPart.Train), validation = split.Cut(data.Series, SeriesPart.Validation), test = split.Cut(data.Series, SeriesPart.Test);
        SweepResult result = Sweep(ml, options, train, validation);

        // Only now, and only the best: a figure that many trials were chosen by says too much.
        BinaryMetrics? tested = test.Count > 0 ? result.Evaluate(SeriesRows.Readings(ml, test), _cancellation) : null;
        TrainingSettings settings = SweepParameters.Apply(Settings(parsed, split), result.Best.Values);
        ModelFile.Save(ml, new LearnedModel(result.Model, result.Parameters, result.InputSchema, SyntheticWindows: 0),
            new ModelNotes(settings, data.Columns, Controls.Fit(train, validation, settings)), file);
        if (report is not null)
        {
            new SweepReport(result)
            {
                Title = $"Sweep of {Path.GetFileName(data.Tables[0].Name)}{(data.Tables.Count > 1 ? $" and {Numbers.Count(data.Tables.Count - 1)} more" : "")}",
                Test = tested,
                Facts = [new("Command", CommandLineText.Of(parsed)), new("Data", string.Join(", ", data.Tables.Select(table => table.Name))), new("Split", split.ToString()), new("Model file", path)],
            }.Save(report.Stream);
            report.Commit();
        }
        WriteOutcome(parsed, result, options.Space, tested, source, split, path);
        return Application.Done;
    }

    private SweepResult Sweep(MLContext ml, SoftPromptSweep.Options options, IReadOnlyList<ReadingSeries> train, IReadOnlyList<ReadingSeries> validation)
    {
        try
        {
            return SweepDisplay.Run(_console, options.Space, progress =>
            {
                options.Progress = progress;
                return ml.AnomalyDetection.CreateSoftPromptSweep(options).Run(SeriesRows.Readings(ml, train), SeriesRows.Readings(ml, validation));
            });
        }
        catch (OperationCanceledException) when (Directory.Exists(options.Directory))
        {
            _console.Error.WriteLine($"how far it was is in {options.Directory}; the same command goes on from there.");
            throw;
        }
    }

    private SoftPromptSweep.Options Options(ParseResult parsed, int seriesCount)
    {
        SweepSpace space = _parameters.Read(parsed, seriesCount, out bool isUsual);
        if (isUsual)
            _console.Error.WriteLine($"no option names more than one value; searched is {SweepParameters.Usual}");
        return new SoftPromptSweep.Options
        {
            ValueColumnName = SeriesRows.Value,
            LabelColumnName = SeriesRows.IsAnomaly,
            GroupColumnName = SeriesRows.Group,
            PointLabels = parsed.GetValue(_points),
            Space = space,
            Strategy = parsed.GetValue(_strategy) ?? SweepStrategy.Random,
            Trials = parsed.GetValue(_trials),
            TimeLimit = parsed.GetValue(_time),
            HalvingRate = parsed.GetValue(_halvingRate),
            Parallelism = parsed.GetValue(_parallel),
            Seed = parsed.GetValue(_seed),
            Directory = parsed.GetValue(_folder),
            CancellationToken = _cancellation,
            Trainer = new SoftPromptAnomalyTrainer.Options
            {
                MaxEpochs = parsed.GetValue(_epochs),
                BatchSize = parsed.GetValue(_batchSize),
                EarlyStopping = parsed.GetValue(_earlyStopping) ?? SoftPromptEarlyStopping.None,
                BackbonePath = parsed.GetValue(_backbone),
                BackbonePrecision = parsed.GetValue(_backbonePrecision) ?? WeightPrecision.Full,
            },
        };
    }

    private TrainingSettings Settings(ParseResult parsed, SeriesSplit split) => new()
    {
        PointLabels = parsed.GetValue(_points),
        Epochs = parsed.GetValue(_epochs),
        BatchSize = parsed.GetValue(_batchSize),
        EarlyStopping = parsed.GetValue(_earlyStopping) ?? SoftPromptEarlyStopping.None,
        Seed = parsed.GetValue(_seed),
        Split = split.ToString(),
        Backbone = parsed.GetValue(_backbone),
        BackbonePrecision = parsed.GetValue(_backbonePrecision) ?? WeightPrecision.Full,
    };

    private void WriteOutcome(ParseResult parsed, SweepResult result, SweepSpace space, BinaryMetrics? tested, SeriesSource source, SeriesSplit split, string path)
    {
        SweepDisplay.WriteTrials(_console, result, space);
        TextWriter output = _console.Output;
        if (!result.IsComplete)
            output.WriteLine("the time ended before all trials were tried" + (parsed.GetValue(_folder) is null ? "." : "; the same command goes on."));
        foreach (SweepTrial failed in result.Trials.Where(trial => trial.Status == SweepTrialStatus.Failed))
            output.WriteLine($"trial {failed.Number} failed: {failed.Reason}");
        foreach (string warning in result.Best.Warnings)
            _console.Warn($"of trial {result.Best.Number}, the best: {warning}");
        BinaryMetrics validation = result.Best.Validation!;
        output.WriteLine($"best is trial {result.Best.Number}: average precision {Numbers.Metric(validation.AveragePrecision)} over {Numbers.Count(validation.Count)} validation readings, which it was chosen by"
            + (tested is null ? "." : double.IsNaN(tested.AveragePrecision) ? $". The {Numbers.Count(tested.Count)} test readings hold no anomaly, and cannot judge it." : $", and {Numbers.Metric(tested.AveragePrecision)} over {Numbers.Count(tested.Count)} test readings, which no trial saw."));
        output.WriteLine($"saved {path} ({Numbers.Count((int)Math.Max(1, new FileInfo(path).Length / 1024))} KB)");
        if (parsed.GetValue(_report) is { } report)
            output.WriteLine($"wrote {report}");
        string data = CommandLineText.Data(source), points = parsed.GetValue(_points) ? " --points" : "";
        output.WriteLine("next:");
        if (split.Test > 0)
            output.WriteLine($"  softprompt evaluate {data} --model {CommandLineText.Quote(path)} --split {split} --part test");
        output.WriteLine("the same model by itself:");
        string epochs = string.Create(CultureInfo.InvariantCulture, $"--epochs {parsed.GetValue(_epochs)} --batch-size {parsed.GetValue(_batchSize)} --seed {parsed.GetValue(_seed)}");
        string stopping = parsed.GetValue(_earlyStopping) is { } early ? $" --early-stopping {CommonOptions.ChoiceName(early)}" : "";
        string backbone = parsed.GetValue(_backbone) is { } model ? $" --backbone {CommandLineText.Quote(model)}" : "";
        string precision = parsed.GetValue(_backbonePrecision) is { } kept ? $" --backbone-precision {CommonOptions.PrecisionName(kept)}" : "";
        output.WriteLine($"  softprompt train {data}{points} --split {split} {SweepParameters.Text(result.Best.Values, parsed.GetValue(_points))} {epochs}{stopping}{backbone}{precision} --model {CommandLineText.Quote(path)}");
    }

    private static string StrategyName(SweepStrategy strategy) => strategy == SweepStrategy.SuccessiveHalving ? "halving" : CommonOptions.ChoiceName(strategy);

    private static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "90s|30m|2h",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            double seconds = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
            if (seconds > 0 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) && count > 0 && count * seconds <= TimeSpan.FromDays(40).TotalSeconds)
                return TimeSpan.FromSeconds(count * seconds);
            result.AddError($"{name} is '{text}'; expected seconds, minutes or hours up to 40 days, such as 90s, 30m or 2h.");
            return null;
        },
    };
}
