using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Output;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Commands;

/// <summary>Says what was read and how it was divided.</summary>
internal static class DataSummary
{
    public static void WriteRead(ToolConsole console, SeriesData data)
    {
        int missing = data.Series.Sum(series => series.Readings.Count(reading => float.IsNaN(reading.Value)));
        string labels = data.HasLabels ? $", {Numbers.Count(data.AnomalyCount)} anomalous" : "";
        console.Error.WriteLine($"read {Numbers.Count(data.Tables.Count, data.Tables[0].Noun, data.Tables[0].Noun + "s")}: {Numbers.Count(data.Count, "reading", "readings")} "
            + $"in {Numbers.Count(data.Series.Count, "series", "series")}{labels}{(missing > 0 ? $", {Numbers.Count(missing)} missing" : "")}");
    }

    public static void WriteParts(ToolConsole console, SeriesSplit split, IReadOnlyList<ReadingSeries> series, TrainingSettings settings)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("part");
        foreach (string name in new[] { "series", "readings", "anomalous", "windows", "anomalous" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (SeriesPart part in new[] { SeriesPart.Train, SeriesPart.Validation, SeriesPart.Test })
        {
            IReadOnlyList<ReadingSeries> cut = split.Cut(series, part);
            if (cut.Count == 0)
                continue;
            IReadOnlyList<JudgedItem> windows = JudgedItems.Of(cut, settings with { PointLabels = false });
            int[] counts = [cut.Count, cut.Sum(one => one.Count), cut.Sum(one => one.Readings.Count(reading => reading.IsAnomaly)), windows.Count, windows.Count(window => window.IsAnomaly)];
            table.AddRow([part.ToString().ToLowerInvariant(), .. counts.Select(count => Numbers.Count(count))]);
        }
        console.Tables.Write(table);
    }
}
