using System.Text.Json;
using Microsoft.ML.SoftPrompt.Reports;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>An evaluation as a report to look at.</summary>
internal static class EvaluationPage
{
    /// <param name="series">What was judged.</param>
    /// <param name="facts">What was given on the command line.</param>
    /// <param name="cancellation">Stops the explanations, which are made while the report is saved.</param>
    public static AnomalyReport Create(MLContext ml,
        EvaluationResult result, AppliedModel model, IReadOnlyList<ReadingSeries> series, string title, IReadOnlyList<KeyValuePair<string, string>> facts, CancellationToken cancellation)
    {
        Dictionary<string, int> indices = series.Select((one, index) => (one.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
        int length = model.Settings.PointLabels ? 1 : model.Settings.Window;
        ILookup<int, ReportItem> items = result.Judged.Zip(result.Scores)
            .ToLookup(pair => pair.First.Series, pair => new ReportItem(pair.First.Start, length, pair.First.IsAnomaly, pair.Second));
        return new AnomalyReport(series.Select((one, index) => Series(one, items[index].ToArray())).ToArray(), model.Parameters.ScoreThreshold)
        {
            Title = title,
            Model = model.Parameters,
            Controls = result.Detectors.Skip(1).Select(detector => new ReportControl(detector.Name, detector.Threshold, detector.Metrics)).ToArray(),
            Facts = [.. facts, .. Options(result.Notes)],
            Explain = (one, item) => Explanation(Explainer.Explain(ml, model, series, indices[one.Name], item.Start, cancellation)),
        };
    }

    /// <summary>Runs that do not overlap, as bars are drawn.</summary>
    private static ReportExplanation Explanation(Explanation explanation) => new(explanation.Window.Start, explanation.Strongest(double.NegativeInfinity).ToArray());

    /// <summary>How the model was trained, by the names that its file has for it.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Options(ModelNotes? notes) => notes is null
        ? [new("Training", "not known: the model was not saved by softprompt train")]
        : JsonSerializer.SerializeToElement(notes.Settings).EnumerateObject().Where(option => option.Value.ValueKind != JsonValueKind.Null)
            .Select(option => KeyValuePair.Create(option.Name, option.Value.ToString()));

    private static ReportSeries Series(ReadingSeries series, ReportItem[] items) =>
        new(series.Name, series.Readings.Select(reading => reading.Value).ToArray(), items)
        {
            Labels = series.Readings.Select(reading => reading.IsAnomaly).ToArray(),
            Times = series.Readings.All(reading => reading.Time is not null) ? series.Readings.Select(reading => reading.Time!.Value).ToArray() : default,
        };
}
