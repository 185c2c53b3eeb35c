using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>Explanations as sentences with bars, as CSV and as JSON.</summary>
internal static class ExplanationReport
{
    // The strongest tell the story; the file has them all.
    private const int ValuesShown = 5;

    // What changes no probability of two digits is not worth a line.
    private const double LeastLift = 0.005;
    private const int BarLength = 12;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void WriteText(ToolConsole console, SoftPromptModelParameters model, IReadOnlyList<ReadingSeries> series, IReadOnlyList<Explanation> explanations)
    {
        foreach (Explanation explanation in explanations)
        {
            console.Output.WriteLine();
            console.Output.WriteLine(Headline(explanation, series[explanation.Window.Series], model.DecisionThreshold));
            ValueContribution[] strongest = explanation.Strongest(LeastLift).Take(ValuesShown).ToArray();
            foreach (ValueContribution value in strongest)
            {
                string bar = new('█', Math.Max(1, (int)Math.Round(BarLength * value.Lift / strongest[0].Lift)));
                console.Tables.MarkupLine($"  [red]{bar}[/]{new string(' ', BarLength - bar.Length)}  {Markup.Escape(Sentence(value, explanation.Window, series[explanation.Window.Series]))}");
            }
            if (strongest.Length == 0)
                console.Output.WriteLine(explanation.Values[0].Count == 1
                    ? "  No value by itself lifts the probability by 0.01."
                    : $"  No {explanation.Values[0].Count} values in a row lift the probability by 0.01.");
        }
    }

    /// <param name="writer">Receives a line for every value of every window; stays open.</param>
    public static void WriteCsv(TextWriter writer, IReadOnlyList<ReadingSeries> series, IReadOnlyList<Explanation> explanations)
    {
        using CsvWriter csv = CsvWriter.Create(writer, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        csv.WriteRecord(["series", "start", "length", "point", "probability", "step", "count", "time", "value", "probabilityWithout", "lift"]);
        foreach (Explanation explanation in explanations)
        {
            ReadingSeries readings = series[explanation.Window.Series];
            foreach (ValueContribution value in explanation.Values)
            {
                Reading reading = readings.Readings[explanation.Window.Start + value.Step];
                csv.WriteRecord([readings.Name, Text(explanation.Window.Start), Text(explanation.Length), Text(explanation.Window.Point), Text(explanation.Probability),
                    Text(value.Step), Text(value.Count), Text(reading.Time), Text(Finite(reading.Value)), Text(value.ProbabilityWithout), Text(value.Lift)]);
            }
        }
        csv.Flush();
    }

    public static byte[] ToJson(SoftPromptModelParameters model, IReadOnlyList<ReadingSeries> series, IReadOnlyList<Explanation> explanations) => JsonSerializer.SerializeToUtf8Bytes(
        explanations.Select(explanation => new
        {
            series = series[explanation.Window.Series].Name,
            start = explanation.Window.Start,
            length = explanation.Length,
            point = explanation.Window.Point,
            probability = explanation.Probability,
            threshold = model.DecisionThreshold,
            values = explanation.Values.Select(value => (value, reading: series[explanation.Window.Series].Readings[explanation.Window.Start + value.Step])).Select(pair => new
            {
                step = pair.value.Step,
                count = pair.value.Count,
                time = pair.reading.Time,
                value = Finite(pair.reading.Value),
                probabilityWithout = pair.value.ProbabilityWithout,
                lift = pair.value.Lift,
            }),
        }),
        Indented);

    private static string Headline(Explanation explanation, ReadingSeries series, double threshold)
    {
        (int start, int last) = (explanation.Window.Start, explanation.Window.Start + explanation.Length - 1);
        string what = explanation.Window.Point is { } point ? $"; the reading at step {point}{Time(series.Readings[start + point])}" : "";
        string side = explanation.Probability > threshold ? "above" : "not above";
        return $"{series.Name}, readings {Numbers.Count(start)} to {Numbers.Count(last)}{Time(series.Readings[start], series.Readings[last])}{what}: probability {Probability(explanation.Probability)}, {side} the threshold of {Probability(threshold)}";
    }

    private static string Sentence(ValueContribution value, ExplainedWindow window, ReadingSeries series)
    {
        Reading[] run = series.Readings.Skip(window.Start + value.Step).Take(value.Count).ToArray();
        float[] present = run.Select(reading => reading.Value).Where(float.IsFinite).ToArray();
        string change = $"the probability from {Probability(value.ProbabilityWithout)} to {Probability(value.Probability)}";
        if (value.Count == 1)
            return $"{(present.Length == 0 ? "the missing value" : $"value {Value(present[0])}")} at step {value.Step}{Time(run[0])} lifts {change}";
        string values = present.Length == 0 ? "missing values" : $"values {Value(present.Min())} to {Value(present.Max())}";
        return $"{values} at steps {value.Step} to {value.Step + value.Count - 1}{Time(run[0], run[^1])} lift {change}";
    }

    private static string Time(Reading reading) => reading.Time is { } time ? $" ({Times.Written(time)})" : "";

    private static string Time(Reading first, Reading last) => first.Time is { } from && last.Time is { } to ? $" ({Times.Written(from, zone: false)} to {Times.Written(to)})" : "";

    private static string Probability(double probability) => probability.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Value(float value) => value.ToString(CultureInfo.InvariantCulture);

    private static float? Finite(float value) => float.IsFinite(value) ? value : null;

    private static string Text(IFormattable? value) => value?.ToString(value is DateTime ? "O" : null, CultureInfo.InvariantCulture) ?? "";
}
