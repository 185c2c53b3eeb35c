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

    /// <summary>The table of the stretches; nothing where they were not judged.</summary>
    public static void WriteStretches(ToolConsole console, EvaluationResult result)
    {
        if (result.Readings is not { } readings)
            return;
        string scores = result.Unit == "reading" ? "" : ", each with the mean score of its windows";
        console.Output.WriteLine();
        console.Output.WriteLine($"by stretch of readings{scores}: {Numbers.Count(result.Detectors[0].Readings!.Events.Anomalies, "anomalous stretch", "anomalous stretches")} in {Numbers.Count(readings.Count, "reading", "readings")}");
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("").NoWrap().Padding(0, 0));
        foreach (string name in new[] { "Found", "Recall", "Alarms", "a day", "Delay", "Time", "VUS-ROC", "VUS-PR" })
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap().Padding(0, 0));
        foreach (DetectorResult detector in result.Detectors)
        {
            (EventMetrics events, double vusRoc, double vusPr) = detector.Readings!;
            table.AddRow(
                Markup.Escape(detector.Name), Numbers.Count(events.Detected), Numbers.Metric(events.Recall), Numbers.Count(events.FalseAlarms),
                events.FalseAlarmsPerDay is { } daily ? Numbers.Short(daily) : "n/a", events.Detected > 0 ? Numbers.Short(events.MeanDelay) : "n/a",
                events.MeanDelayTime is { } time ? Numbers.Duration(time) : "n/a", Numbers.Metric(vusRoc), Numbers.Metric(vusPr));
        }
        console.Tables.Write(table);
        console.Output.WriteLine("Found: anomalous stretches with a flagged reading. Alarms: flagged stretches without an anomalous reading. Delay, Time: from a stretch's start to its first flag, on average"
            + (result.Unit == "reading" ? "." : "; a window's flag is known when the window is whole."));
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
            readings = result.Readings is { } readings
                ? new { count = readings.Count, series = readings.SeriesCount, anomalousStretches = result.Detectors[0].Readings!.Events.Anomalies, vusMaximumWindow = readings.VusMaximumWindow }
                : null,
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
        readings = detector.Readings is { } readings ? Row(readings) : null,
    };

    private static object Row(ReadingMetrics readings) => new
    {
        detected = readings.Events.Detected,
        recall = Finite(readings.Events.Recall),
        falseAlarms = readings.Events.FalseAlarms,
        falseAlarmsPerDay = readings.Events.FalseAlarmsPerDay,
        meanDelay = Finite(readings.Events.MeanDelay),
        medianDelay = Finite(readings.Events.MedianDelay),
        meanDelaySeconds = readings.Events.MeanDelayTime?.TotalSeconds,
        medianDelaySeconds = readings.Events.MedianDelayTime?.TotalSeconds,
        vusRoc = Finite(readings.VusRoc),
        vusPr = Finite(readings.VusPr),
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
