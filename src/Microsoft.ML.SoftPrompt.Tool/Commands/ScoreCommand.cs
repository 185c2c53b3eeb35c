using System.CommandLine;
using System.Text;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>`softprompt score`: readings and a model in, every reading with its score out.</summary>
internal sealed class ScoreCommand
{
    private const string StandardOutput = "-";

    private readonly ToolConsole _console;
    private readonly CancellationToken _cancellation;
    private readonly DataOptions _data;
    private readonly Option<string> _model = CommonOptions.Model("The model that softprompt train saved.");
    private readonly Option<string> _output = new("--output") { Description = "Where the scores go, or - for standard output.", HelpName = "file.csv", Required = true };
    private readonly Option<int?> _window = CommonOptions.Window();
    private readonly Option<int?> _stride = CommonOptions.Stride();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private ScoreCommand(Command command, ToolConsole console, CancellationToken cancellation)
    {
        (_console, _cancellation) = (console, cancellation);
        _data = new DataOptions(command, labelsWanted: false);
        foreach (Option option in new Option[] { _model, _output, _window, _stride, _threads })
            command.Add(option);
        command.SetAction(Run);
    }

    public static Command Create(ToolConsole console, CancellationToken cancellation)
    {
        var command = new ExampleCommand(
            "score",
            $"Writes every reading of the input with {ScoresWriter.PredictedLabel}, {ScoresWriter.Score} (a logit) and {ScoresWriter.Probability}. A reading in several windows gets their mean logit.",
            "softprompt score --data samples/water-flow.csv --model water.zip --output scores.csv");
        _ = new ScoreCommand(command, console, cancellation);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string output = parsed.GetRequiredValue(_output);
        using AtomicFile? file = output == StandardOutput ? null : new AtomicFile(output);
        MLContext ml = Context.Create(_console, parsed.GetValue(_threads));
        AppliedModel model = ModelFile.Load(ml, parsed.GetRequiredValue(_model), parsed.GetValue(_window), parsed.GetValue(_stride));
        SeriesData data = SeriesReader.Read(_data.Read(parsed) with { Usual = model.Notes?.Columns }, _console, _cancellation);
        DataSummary.WriteRead(_console, data);
        ScoresWriter.Check(data.Tables);

        IReadOnlyList<ReadingScore[]> scores = ByRow(data, Scorer.Readings(ml, model, data.Series, _console, _cancellation));
        if (file is null)
        {
            ScoresWriter.Write(_console.Output, data.Tables, scores);
        }
        else
        {
            using (var writer = new StreamWriter(file.Stream, new UTF8Encoding(false), leaveOpen: true))
                ScoresWriter.Write(writer, data.Tables, scores);
            file.Commit();
        }
        int flagged = scores.Sum(table => table.Count(score => score.PredictedLabel));
        _console.Error.WriteLine($"{Numbers.Count(flagged)} of {Numbers.Count(data.Count, "reading", "readings")} flagged{(file is null ? "" : $"; saved {output}")}");
        return Application.Done;
    }

    /// <summary>Scores in the order of the files' rows, which groups may have mixed.</summary>
    public static IReadOnlyList<ReadingScore[]> ByRow(SeriesData data, IReadOnlyList<ReadingScore[]> bySeries)
    {
        ReadingScore[][] byRow = data.Tables.Select(table => new ReadingScore[table.Rows.Count]).ToArray();
        for (int series = 0; series < bySeries.Count; series++)
        {
            for (int i = 0; i < bySeries[series].Length; i++)
            {
                Reading reading = data.Series[series].Readings[i];
                byRow[reading.Table][reading.Row] = bySeries[series][i];
            }
        }
        return byRow;
    }
}
