using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Labels of context anomalies with their evidence, as a table, as CSV and as JSON.</summary>
internal static class LabelsReport
{
    // A screen or two; the file has them all.
    private const int RowsShown = 40;

    private const string Union = "IsContextAnomaly";

    // The evidence in its order, in fewer letters than its names have: the table is to fit a terminal. Places are whole numbers.
    private static readonly (string Name, Func<double, string> Format)[] EvidenceColumns =
        [("slope", Short), ("p", Short), ("jump", Short), ("at", Place), ("shift", Place), ("p", Short), ("volat.", Place), ("p", Short)];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void WriteTable(ToolConsole console, SeriesLabels labels)
    {
        bool windows = labels.Items.Any(item => item.Start > 0);
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("series").Padding(0, 0));
        foreach (string name in (string[])[.. windows ? new[] { "start" } : [], "length", "flagged by", .. EvidenceColumns.Select(column => column.Name)])
            table.AddColumn(new TableColumn(name).RightAligned().Padding(0, 0));
        foreach (LabelledSeries item in labels.Items.Take(RowsShown))
        {
            string rules = string.Join(' ', labels.RuleNames.Where((_, rule) => item.Rules[rule]));
            table.AddRow([Markup.Escape(item.Series), .. windows ? new[] { Numbers.Count(item.Start) } : [], Numbers.Count(item.Length), rules, .. item.Evidence.Zip(EvidenceColumns, (value, column) => column.Format(value))]);
        }
        console.Tables.Write(table);
        if (labels.Items.Count > RowsShown)
            console.Output.WriteLine($"and {Numbers.Count(labels.Items.Count - RowsShown)} more; --output writes all.");
    }

    public static string Summary(SeriesLabels labels, string unit) =>
        $"{Numbers.Count(labels.Items.Count(item => item.IsContextAnomaly))} of {Numbers.Count(labels.Items.Count)} {unit} flagged: "
        + string.Join(", ", labels.RuleNames.Select((name, rule) => $"{name} {Numbers.Count(labels.Items.Count(item => item.Rules[rule]))}"));

    /// <param name="writer">Receives a line a series or window; stays open.</param>
    public static void WriteCsv(TextWriter writer, SeriesLabels labels)
    {
        using CsvWriter csv = CsvWriter.Create(writer, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteRecord(["series", "start", "length", Union, .. labels.RuleNames, .. labels.EvidenceNames]);
        foreach (LabelledSeries item in labels.Items)
            csv.WriteRecord([item.Series, Whole(item.Start), Whole(item.Length), Flag(item.IsContextAnomaly), .. item.Rules.Select(Flag), .. item.Evidence.Select(Full)]);
        csv.Flush();
    }

    public static byte[] ToJson(SeriesLabels labels) => JsonSerializer.SerializeToUtf8Bytes(
        labels.Items.Select(item => new
        {
            series = item.Series,
            start = item.Start,
            length = item.Length,
            isContextAnomaly = item.IsContextAnomaly,
            rules = labels.RuleNames.Zip(item.Rules).ToDictionary(pair => CamelCase(pair.First), pair => pair.Second),
            evidence = labels.EvidenceNames.Zip(item.Evidence).ToDictionary(pair => CamelCase(pair.First), pair => Finite(pair.Second)),
        }),
        Indented);

    private static string Flag(bool flag) => flag ? "1" : "0";

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Full(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";

    private static string Short(double value) => double.IsFinite(value) ? Numbers.Short(value) : "n/a";

    private static string Place(double value) => double.IsFinite(value) ? Numbers.Count((int)value) : "n/a";

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
