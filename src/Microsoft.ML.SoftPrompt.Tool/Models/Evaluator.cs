using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>The metrics of a model on labelled series and, on the same items, those of the controls.</summary>
/// <param name="Unit">What an item is: window or reading.</param>
/// <param name="Detectors">SPEAR first, then the controls.</param>
/// <param name="Readings">The readings that the items hold; null where there are readings between the windows.</param>
/// <param name="Notes">How the model was trained; null for a model that another program saved.</param>
/// <param name="Judged">The items.</param>
/// <param name="Scores">SPEAR's logits of them.</param>
internal sealed record EvaluationResult(
    string Unit, int Items, int Anomalies, IReadOnlyList<DetectorResult> Detectors, JudgedReadings? Readings, ModelNotes? Notes, IReadOnlyList<JudgedItem> Judged, double[] Scores);

/// <param name="Key">The name in the JSON output.</param>
/// <param name="Readings">Null where there are readings between the windows.</param>
internal sealed record DetectorResult(string Key, string Name, double Threshold, BinaryMetrics Metrics, ReadingMetrics? Readings);

/// <summary>Judges a model and the controls on the same items.</summary>
internal static class Evaluator
{
    // Halfway between never and always, the two scores that a constant answer can give.
    private const double ConstantThreshold = 0.5;

    public static EvaluationResult Run(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, ToolConsole console, CancellationToken cancellation)
    {
        string unit = model.Settings.PointLabels ? "reading" : "window";
        if (series.Count == 0)
            throw new ToolException("This part of the data has no readings. Choose another --part or --split.");
        IReadOnlyList<JudgedItem> items = JudgedItems.Of(series, model.Settings);
        if (items.Count == 0)
            throw new ToolException($"A window of {model.Settings.Window} readings is longer than every series of this part: the longest of {series.Count} has {series.Max(one => one.Count)}. Choose another --part or --split.");

        // With a stride above the window nothing is said of the readings between.
        JudgedReadings? readings = model.Settings.PointLabels || model.Settings.Stride <= model.Settings.Window ? new JudgedReadings(series, items, model.Settings) : null;
        bool[] labels = items.Select(item => item.IsAnomaly).ToArray();
        var detectors = new List<DetectorResult>();
        void Add(string key, string name, double threshold, double[] scores) =>
            detectors.Add(new DetectorResult(key, name, threshold, BinaryMetrics.Compute(scores, labels, threshold), readings?.Judge(scores, threshold, cancellation)));

        double[] logits = Scorer.Items(ml, model, series, items, console, cancellation);
        Add("spear", "SPEAR", model.Parameters.ScoreThreshold, logits);
        if (model.Notes?.Controls is { } controls)
        {
            Add("constant", controls.MostAreAnomalous ? "always" : "never", ConstantThreshold, items.Select(_ => controls.MostAreAnomalous ? 1.0 : 0.0).ToArray());
            Add("largestZScore", model.Settings.PointLabels ? "|z-score|" : "largest |z-score|", controls.ZScoreThreshold, items.Select(item => Controls.ZScore(item, controls)).ToArray());
            Add("largestJump", model.Settings.PointLabels ? "jump" : "largest jump", controls.JumpThreshold, items.Select(item => Controls.Jump(item, controls)).ToArray());
        }
        return new EvaluationResult(unit, items.Count, labels.Count(label => label), detectors, readings, model.Notes, items, logits);
    }
}
