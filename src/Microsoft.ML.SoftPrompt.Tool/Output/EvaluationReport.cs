using System.Text.Json;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Spectre.Console;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>An evaluation as a table and as JSON.</summary>
internal static class EvaluationReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void WriteTable(ToolConsole console, EvaluationResult result)
    {
        // Narrow enough for a terminal of 80 characters as long as the counts stay below 10,000.
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("").NoWrap().Padding(0, 0));
        foreach (string name in new[] { "TP", "FP", "FN", "TN", "Acc.", "Prec.", "Recall", "F1", "AUROC", "AP" })
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap().Padding(0, 0));
        foreach (DetectorResult detector in result.Detectors)
        {
            BinaryMetrics metrics = detector.Metrics;
            int[] counts = [metrics.TruePositives, metrics.FalsePositives, metrics.FalseNegatives, metrics.TrueNegatives];
            double[] rates = [metrics.Accuracy, metrics.Precision, metrics.Recall, metrics.F1, metrics.AreaUnderRoc, metrics.AveragePrecision];
            table.AddRow([Markup.Escape(detector.Name), .. counts.Select(count => Numbers.Count(count)), .. rates.Select(rate => Numbers.Metric(rate))]);
        }
        console.Tables.Write(table);
        if (result.Anomalies == 0 || result.Anomalies == result.Items)
            console.Output.WriteLine($"n/a: every {result.Unit} here is {(result.Anomalies == 0 ? "normal" : "anomalous")}, and ranking needs both kinds.");
        console.Output.WriteLine(result.Notes is { } notes ? Thresholds(notes) : "No controls: this model was not saved by softprompt train and carries no mean, deviation or thresholds of its training part.");
    }

    private static string Thresholds(ModelNotes notes)
    {
        (SoftPromptThresholdRule rule, double target) = (notes.Settings.Threshold, notes.Settings.ThresholdTarget);
        string controls = $"the controls' were chosen on the {(notes.Controls.ChosenOnValidation ? "validation" : "training")} part by F1.";
        if (rule == SoftPromptThresholdRule.Fixed)
            return $"Thresholds: SPEAR's is a fixed probability of {Numbers.Short(target)}, and {controls}";
        if (!notes.Controls.ChosenOnValidation)
            return $"Thresholds: validation held no anomaly (or there was none), so SPEAR's is a probability of 0.5 and {controls}";
        return rule == SoftPromptThresholdRule.F1
            ? "Thresholds: SPEAR's and the controls' were chosen on the validation part by F1."
            : $"Thresholds: SPEAR's was chosen on the validation part, aiming at a {rule.ToString().ToLowerInvariant()} of {Numbers.Short(target)}, and {controls}";
    }

    public static byte[] ToJson(EvaluationResult result, string model, string split, string part) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            model,
            split,
            part,
            unit = result.Unit,
            items = result.Items,
            anomalies = result.Anomalies,
            thresholdsFromValidation = result.Notes?.Controls.ChosenOnValidation,
            detectors = result.Detectors.ToDictionary(detector => detector.Key, Row),
        },
        Indented);

    private static object Row(DetectorResult detector) => new
    {
        truePositives = detector.Metrics.TruePositives,
        falsePositives = detector.Metrics.FalsePositives,
        falseNegatives = detector.Metrics.FalseNegatives,
        trueNegatives = detector.Metrics.TrueNegatives,
        accuracy = detector.Metrics.Accuracy,
        precision = detector.Metrics.Precision,
        recall = detector.Metrics.Recall,
        f1 = detector.Metrics.F1,
        auroc = Finite(detector.Metrics.AreaUnderRoc),
        averagePrecision = Finite(detector.Metrics.AveragePrecision),
        threshold = Finite(detector.Threshold),
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
