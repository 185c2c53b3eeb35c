using System.CommandLine;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt train`: readings with labels in, a model file out.</summary>
internal sealed class TrainCommand
{
    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly DataOptions _data;
    private readonly Option<string> _model = CommonOptions.Model("Where the model is saved; what is there is replaced once the new one is whole.");
    private readonly Option<string?> _checkpoint = new("--checkpoint")
    {
        Description = "Write down here how far the training is, after every epoch and every half a minute: when it was interrupted or killed, the same command goes on from there, to the same model. Gone when the model is saved.",
        HelpName = "folder",
    };

    private readonly TrainingOptions _training;
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private TrainCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        _data = new DataOptions(command, labelsWanted: true);
        command.Add(_model);
        command.Add(_checkpoint);
        _training = new TrainingOptions(command);
        command.Add(_threads);
        command.SetAction(Run);
    }

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

        SeriesSplit split = _training.Split(parsed);
        TrainingSettings settings = _training.Read(parsed, data.Series.Count);
        DataSummary.WriteParts(_console, split, data.Series, settings);

        MLContext ml = Context.Create(_console, parsed.GetValue(_threads));
        IReadOnlyList<ReadingSeries> train = split.Cut(data.Series, SeriesPart.Train), validation = split.Cut(data.Series, SeriesPart.Validation);
        string? checkpoint = parsed.GetValue(_checkpoint);
        LearnedModel model = Fit(checkpoint, progress => Learner.Fit(ml, train, validation, settings, progress, _cancellation, checkpoint));
        ModelFile.Save(ml, model, new ModelNotes(settings, data.Columns, Controls.Fit(train, validation, settings)), file);
        if (checkpoint is not null)
            File.Delete(CheckpointFile(checkpoint));
        WriteOutcome(model, settings, path, source, split);
        return Application.Done;
    }

    private LearnedModel Fit(string? checkpoint, Func<IProgress<TrainingProgress>, LearnedModel> fit)
    {
        try
        {
            return TrainingDisplay.Run(_console, fit);
        }
        catch (OperationCanceledException cancelled) when (checkpoint is not null && File.Exists(CheckpointFile(checkpoint)))
        {
            if (cancelled.InnerException is IOException)
                _console.Warn(cancelled.Message);
            _console.Error.WriteLine($"how far it was is in {checkpoint}; the same command goes on from there.");
            throw;
        }
    }

    private static string CheckpointFile(string folder) => Path.Join(folder, SoftPromptAnomalyTrainer.CheckpointFileName);

    private void WriteOutcome(LearnedModel model, TrainingSettings settings, string path, SeriesSource source, SeriesSplit split)
    {
        SoftPromptModelParameters parameters = model.Parameters;
        TextWriter output = _console.Output;
        int epochs = parameters.TrainingHistory.Count;
        string stopped = epochs < settings.Epochs ? $" of the {epochs} before early stopping" : "";
        string calibrated = parameters.IsCalibrated ? "calibrated " : "";
        output.WriteLine($"kept epoch {parameters.BestEpoch}{stopped}; anomalous above a {calibrated}probability of {Numbers.Short(parameters.DecisionThreshold)}. {parameters.ValidationNote}");
        if (settings.Balance is not null)
            output.WriteLine($"{Numbers.Count(model.SyntheticWindows, "synthetic window", "synthetic windows")} trained beside those above.");
        output.WriteLine($"saved {path} ({Numbers.Count((int)Math.Max(1, new FileInfo(path).Length / 1024))} KB)");
        string data = CommandLineText.Data(source), file = CommandLineText.Quote(path);
        string part = split.Test > 0 ? $" --split {split} --part test" : "";
        output.WriteLine("next:");
        output.WriteLine($"  softprompt evaluate {data} --model {file}{part}");
        output.WriteLine($"  softprompt score {CommandLineText.Data(source with { LabelFile = null, Named = source.Named with { Label = null } })} --model {file} --output scores.csv");
    }
}
