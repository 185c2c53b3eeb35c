using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt train`: readings with labels in, a model file out.</summary>
internal sealed class TrainCommand
{
    private const string DefaultSplit = "80/20/0";

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly DataOptions _data;
    private readonly Option<string> _model = CommonOptions.Model("Where the model is saved; what is there is replaced once the new one is whole.");
    private readonly Option<SeriesSplit?> _split = CommonOptions.Split($"Percent of each series for training, validation and test, by time; none trains on everything. [default: {DefaultSplit}]");
    private readonly Option<int> _window = CommonOptions.Whole("--window", Defaults.Window, "Readings in a window.");
    private readonly Option<int> _stride = CommonOptions.Whole("--stride", Defaults.Stride, "Readings from one window's start to the next.");
    private readonly Option<bool> _points = new("--points") { Description = "Label every reading instead of every window." };
    private readonly Option<SeriesScale?> _scale = CommonOptions.Choice<SeriesScale>("--scale", "Scale each group by its own range, or all by one. [default: group where there is more than one]");
    private readonly Option<int> _bins = CommonOptions.Whole("--bins", Defaults.Bins, "Bins that values are quantized into.");
    private readonly Option<int> _promptLength = CommonOptions.Whole("--prompt-length", Defaults.PromptLength, "Learnable rows in front of every window.");
    private readonly Option<int> _epochs = CommonOptions.Whole("--epochs", Defaults.Epochs, "Passes over the training windows.");
    private readonly Option<int> _batchSize = CommonOptions.Whole("--batch-size", Defaults.BatchSize, "Windows in a step.");
    private readonly Option<double> _promptRate = CommonOptions.Rate("--prompt-learning-rate", Defaults.PromptLearningRate, "Learning rate of the prompt.");
    private readonly Option<double> _headRate = CommonOptions.Rate("--head-learning-rate", Defaults.HeadLearningRate, "Learning rate of the head.");
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of all that is random.", HelpName = "n", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _backbone = new("--backbone") { Description = "Folder of another frozen language model; all-MiniLM-L6-v2, built in, when not given.", HelpName = "path" };

    private TrainCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        _data = new DataOptions(command, labelsWanted: true);
        foreach (Option option in new Option[] { _model, _split, _window, _stride, _points, _scale, _bins, _promptLength, _epochs, _batchSize, _promptRate, _headRate, _seed, _threads, _backbone })
            command.Add(option);
        command.SetAction(Run);
    }

    private static TrainingSettings Defaults { get; } = new();

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "train",
            "Learns a soft prompt from labelled series and saves the model.",
            "softprompt train --data samples/water-flow.csv --points --window 24 --stride 4 --split 60/0/40 --epochs 12 --model water.zip");
        _ = new TrainCommand(command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(_model);
        // First of all, since a training may take hours: can its result be put there?
        using var file = new AtomicFile(path);
        SeriesSource source = _data.Read(parsed);
        SeriesData data = SeriesReader.Read(source, _console, _cancellation);
        DataSummary.WriteRead(_console, data);
        if (!data.HasLabels)
            throw new ToolException("There is nothing to learn from: no label column was found or named (--label), and no label file was given (--labels).");

        SeriesSplit split = parsed.GetValue(_split) ?? SeriesSplit.Parse(DefaultSplit);
        TrainingSettings settings = Settings(parsed, data, split);
        DataSummary.WriteParts(_console, split, data.Series, settings);

        MLContext ml = Context.Create(_console, parsed.GetValue(_threads));
        IReadOnlyList<ReadingSeries> train = split.Cut(data.Series, SeriesPart.Train), validation = split.Cut(data.Series, SeriesPart.Validation);
        LearnedModel model = TrainingDisplay.Run(_console, progress => Learner.Fit(ml, train, validation, settings, progress, _cancellation));
        ModelFile.Save(ml, model, new ModelNotes(settings, data.Columns, Controls.Fit(train, validation, settings)), file);
        WriteOutcome(model, path, source, split);
        return Application.Done;
    }

    private TrainingSettings Settings(ParseResult parsed, SeriesData data, SeriesSplit split) => new()
    {
        Window = parsed.GetValue(_window),
        Stride = parsed.GetValue(_stride),
        PointLabels = parsed.GetValue(_points),
        Scale = parsed.GetValue(_scale) ?? (data.Series.Count > 1 ? SeriesScale.Group : SeriesScale.All),
        Bins = parsed.GetValue(_bins),
        PromptLength = parsed.GetValue(_promptLength),
        Epochs = parsed.GetValue(_epochs),
        BatchSize = parsed.GetValue(_batchSize),
        PromptLearningRate = parsed.GetValue(_promptRate),
        HeadLearningRate = parsed.GetValue(_headRate),
        Seed = parsed.GetValue(_seed),
        Split = split.ToString(),
        Backbone = parsed.GetValue(_backbone),
    };

    private void WriteOutcome(LearnedModel model, string path, SeriesSource source, SeriesSplit split)
    {
        SoftPromptModelParameters parameters = model.Parameters;
        TextWriter output = _console.Output;
        output.WriteLine($"kept epoch {parameters.BestEpoch}; anomalous above a probability of {Numbers.Short(parameters.DecisionThreshold)}. {parameters.ValidationNote}");
        output.WriteLine($"saved {path} ({Numbers.Count((int)Math.Max(1, new FileInfo(path).Length / 1024))} KB)");
        string data = CommandLineText.Data(source), file = CommandLineText.Quote(path);
        string part = split.Test > 0 ? $" --split {split} --part test" : "";
        output.WriteLine("next:");
        output.WriteLine($"  softprompt evaluate {data} --model {file}{part}");
        output.WriteLine($"  softprompt score {CommandLineText.Data(source with { LabelFile = null, Named = source.Named with { Label = null } })} --model {file} --output scores.csv");
    }
}
