using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt demo`: the whole way once, on data that the tool carries.</summary>
internal sealed class DemoCommand
{
    private const string SampleResource = "water-flow.csv";
    private const string DefaultFolder = "softprompt-demo";

    // Two losses and the pumping peak to learn from; the third loss, rows 872 to 887, is left to be found.
    private const int TrainingReadings = 760;

    // The lowest normal reading among those trained on: a fixed level that needs no model.
    private const float FixedLevel = 99;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly Option<string> _out = new("--out") { Description = "The folder for the model, the scores, the options and the report.", HelpName = "folder", DefaultValueFactory = _ => DefaultFolder };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of all that is random.", HelpName = "n", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private DemoCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        foreach (Option option in new Option[] { _out, _seed, _threads })
            command.Add(option);
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand("demo", "Learns two losses of water from a main and finds the third: training, scores, a report, all in about a minute.", "softprompt demo --out softprompt-demo --seed 1");
        _ = new DemoCommand(command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string folder = parsed.GetRequiredValue(_out);
        string sample = CreateFolder(folder);
        using var modelFile = new AtomicFile(Path.Join(folder, "model.zip"));
        using var scoresFile = new AtomicFile(Path.Join(folder, "scores.csv"));
        using var optionsFile = new AtomicFile(Path.Join(folder, "options.json"));
        using var reportFile = new AtomicFile(Path.Join(folder, "report.html"));
        _console.Output.WriteLine("Hourly flow through a water main (l/s). Learning from the first 760 hours, which hold two losses and a peak; then looking at the next 508.");
        SeriesData data = SeriesReader.Read(new SeriesSource([sample], new NamedColumns()), _console);
        ReadingSeries whole = data.Series[0];
        ReadingSeries[] train = [whole with { Readings = whole.Readings.Take(TrainingReadings).ToArray() }];
        ReadingSeries[] tried = [whole with { Readings = whole.Readings.Skip(TrainingReadings).ToArray() }];
        TrainingSettings settings = Settings(parsed.GetValue(_seed), whole.Count);

        MLContext ml = Context.Create(_console, parsed.GetValue(_threads), looksAgain: true);
        LearnedModel learned = TrainingDisplay.Run(_console, progress => Learner.Fit(ml, train, [], settings, progress, _cancellation));
        ModelFile.Save(ml, learned, new ModelNotes(settings, data.Columns, Controls.Fit(train, [], settings)), modelFile);
        optionsFile.Stream.Write(JsonSerializer.SerializeToUtf8Bytes(settings, Indented));
        optionsFile.Commit();

        // From here on nothing but what is in the file is used.
        AppliedModel model = ModelFile.Load(ml, Path.Join(folder, "model.zip"));
        ReadingScore[] scores = Scorer.Readings(ml, model, tried, _console, _cancellation)[0];
        WriteScores(data.Tables[0], scores, scoresFile);
        EvaluationResult result = Evaluator.Run(ml, model, tried, _console, _cancellation);
        EvaluationReport.WriteTable(_console, result);
        EvaluationPage.Create(ml, result, model, tried, $"{SampleResource}: the {Numbers.Count(tried[0].Count)} hours tried",
            [new("Command", CommandLineText.Of(parsed)), new("Data", SampleResource)], _cancellation).Save(reportFile.Stream);
        reportFile.Commit();
        WriteFindings(tried[0], scores);
        WriteNext(folder);
        return Application.Done;
    }

    /// <summary>What a trial on this data found to be learned in under a minute.</summary>
    private static TrainingSettings Settings(int seed, int readings)
    {
        double percent = Math.Round(100.0 * TrainingReadings / readings, 2);
        return new TrainingSettings
        {
            Window = 24,
            Stride = 4,
            PointLabels = true,
            Scale = SeriesScale.All,
            Epochs = 12,
            Seed = seed,
            Split = new SeriesSplit(percent, 0, Math.Round(100 - percent, 2)).ToString(),
        };
    }

    private static string CreateFolder(string folder)
    {
        string sample = Path.Join(folder, SampleResource);
        try
        {
            Directory.CreateDirectory(folder);
            using Stream resource = typeof(DemoCommand).Assembly.GetManifestResourceStream(SampleResource)!;
            using var file = new AtomicFile(sample);
            resource.CopyTo(file.Stream);
            file.Commit();
            return sample;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"Cannot write to the folder '{folder}': {fault.Message} Choose another with --out.", fault);
        }
    }

    private static void WriteScores(InputTable sample, ReadingScore[] scores, AtomicFile file)
    {
        using (var writer = new StreamWriter(file.Stream, new UTF8Encoding(false), leaveOpen: true))
            ScoresWriter.Write(writer, [sample with { Rows = sample.Rows.Skip(TrainingReadings).ToArray() }], [scores]);
        file.Commit();
    }

    private void WriteFindings(ReadingSeries tried, ReadingScore[] scores)
    {
        float[] values = tried.Readings.Select(reading => reading.Value).ToArray();
        bool[] flagged = scores.Select(score => score.PredictedLabel).ToArray(), labels = tried.Readings.Select(reading => reading.IsAnomaly).ToArray();
        TextWriter output = _console.Output;
        output.WriteLine();
        output.WriteLine($"Flow in l/s over the {values.Length} hours tried ({Written(tried.Readings[0])} to {Written(tried.Readings[^1])}); █ and ^ what was found, = what was labelled:");
        SeriesPlot.Write(_console.Tables, values, flagged, labels);
        output.WriteLine();
        foreach ((int first, int last) in Stretches(flagged))
            output.WriteLine($"found: rows {tried.Readings[first].Row} to {tried.Readings[last].Row}, {Written(tried.Readings[first])} to {Written(tried.Readings[last])}");
        output.WriteLine($"labelled rows found: {Both(flagged, labels)} of {labels.Count(label => label)}; other rows flagged: {flagged.Count(flag => flag) - Both(flagged, labels)}");
        bool[] below = values.Select(value => value < FixedLevel).ToArray();
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"To be open about it: this loss is easy. The rule \"flow below {FixedLevel} l/s\" (the lowest normal reading trained on) finds {Both(below, labels)} of the {labels.Count(label => label)} rows with {below.Count(flag => flag) - Both(below, labels)} others flagged. ")
            + "The demo shows the way through; docs/results.md shows how the method fares on harder data.");
    }

    private void WriteNext(string folder)
    {
        string model = CommandLineText.Quote(Path.Join(folder, "model.zip")), sample = CommandLineText.Quote(Path.Join(folder, SampleResource));
        TextWriter output = _console.Output;
        output.WriteLine();
        output.WriteLine($"In {folder}: model.zip (an ML.NET model, for mlContext.Model.Load), scores.csv, options.json, {SampleResource}, and report.html, to open in a browser. Next:");
        output.WriteLine($"  softprompt score --data {sample} --model {model} --output all-scores.csv");
        output.WriteLine($"  softprompt train --data {sample} --points --window 48 --stride 8 --split 60/0/40 --model other.zip");
        output.WriteLine("  softprompt train --data YOUR.csv --model your.zip        (columns: a time, a value, a label 0 or 1)");
    }

    private static IEnumerable<(int First, int Last)> Stretches(bool[] flagged)
    {
        for (int i = 0; i < flagged.Length; i++)
        {
            if (!flagged[i])
                continue;
            int first = i;
            while (i + 1 < flagged.Length && flagged[i + 1])
                i++;
            yield return (first, i);
        }
    }

    private static int Both(bool[] left, bool[] right) => left.Zip(right).Count(pair => pair.First && pair.Second);

    private static string Written(Reading reading) => reading.Time is { } time ? Times.Written(time) : $"row {reading.Row}";
}
