using System.Globalization;
using CsvHelper;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Writes the input's columns as they were, with what the model said about every reading behind them.</summary>
internal static class ScoresWriter
{
    public const string PredictedLabel = "PredictedLabel", Score = "Score", Probability = "Probability";

    /// <summary>The last column, which tells the rows of several input files apart; absent for one file.</summary>
    public const string FileColumn = "file";

    /// <summary>Refuses, before anything is scored, tables that cannot go into one file.</summary>
    public static void Check(IReadOnlyList<InputTable> tables)
    {
        string[] added = tables.Count > 1 ? [PredictedLabel, Score, Probability, FileColumn] : [PredictedLabel, Score, Probability];
        string? clash = tables[0].Columns.FirstOrDefault(added.Contains);
        if (clash is not null)
            throw new ToolException($"{tables[0].Name} already has a column '{clash}', which the scores would repeat. Rename or remove it.");
        InputTable? other = tables.FirstOrDefault(table => !table.Columns.SequenceEqual(tables[0].Columns));
        if (other is not null)
            throw new ToolException($"{other.Name} has the columns {string.Join(", ", other.Columns)}, but {tables[0].Name} has {string.Join(", ", tables[0].Columns)}. Score files of different columns one by one.");
    }

    /// <param name="writer">Receives the rows; stays open.</param>
    /// <param name="tables">The input.</param>
    /// <param name="scores">For each table a score a row.</param>
    public static void Write(TextWriter writer, IReadOnlyList<InputTable> tables, IReadOnlyList<ReadingScore[]> scores)
    {
        using CsvWriter csv = CsvWriter.Create(writer, new CsvWriterOptions { Separator = tables[0].Delimiter, NewLine = "\n" }, leaveOpen: true);
        csv.WriteRecord([.. tables[0].Columns, PredictedLabel, Score, Probability, .. tables.Count > 1 ? [FileColumn] : Array.Empty<string>()]);
        for (int table = 0; table < tables.Count; table++)
        {
            for (int row = 0; row < tables[table].Rows.Count; row++)
                csv.WriteRecord([.. tables[table].Rows[row].Cells, .. Cells(scores[table][row]), .. tables.Count > 1 ? [tables[table].Name] : Array.Empty<string>()]);
        }
        csv.Flush();
    }

    private static string[] Cells(ReadingScore score) =>
    [
        score.PredictedLabel ? "1" : "0",
        score.Logit.ToString(CultureInfo.InvariantCulture),
        score.Probability.ToString(CultureInfo.InvariantCulture),
    ];
}
