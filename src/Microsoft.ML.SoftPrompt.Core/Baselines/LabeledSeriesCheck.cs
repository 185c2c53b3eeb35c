using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>The door for labelled series: every method checks them once, where they enter.</summary>
internal static class LabeledSeriesCheck
{
    /// <summary>Checks the series of a fit, and gives what their labels belong to.</summary>
    /// <exception cref="ArgumentException">There is no training series, one is malformed, or some have a label a series and others one a value.</exception>
    public static LabelKind Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        if (training.Count == 0)
            throw new ArgumentException("There are no training series; expected at least one.", nameof(training));
        // A series of one value fits both kinds: the first longer one tells.
        LabelKind kind = training.Concat(validation).Any(series => series?.Values.Length > 1 && series.Labels.Length == series.Values.Length) ? LabelKind.Point : LabelKind.Series;
        Check(training, kind, "training series");
        Check(validation, kind, "validation series");
        return kind;
    }

    /// <summary>Checks that the training series hold both classes.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void BothClasses(IReadOnlyList<LabeledSeries> training)
    {
        if (!HaveBothClasses(training))
            throw new ArgumentException($"The {training.Count} training series do not hold both classes: all labels are {(training.Any(series => series.Labels.Span.Contains(true)) ? "anomalous" : "normal")}. "
                + "Training needs at least one anomaly and one normal label; use more data.", nameof(training));
    }

    /// <summary>Whether some labels are anomalous and some are not.</summary>
    public static bool HaveBothClasses(IReadOnlyList<LabeledSeries> series) =>
        series.Any(s => s.Labels.Span.Contains(true)) && series.Any(s => s.Labels.Span.Contains(false));

    /// <summary>Checks series to be scored.</summary>
    /// <param name="series">The series.</param>
    /// <param name="kind">What the method was fitted on; none where it answers to both.</param>
    /// <exception cref="ArgumentException">One is malformed, or labelled otherwise.</exception>
    public static void Score(IReadOnlyList<LabeledSeries> series, LabelKind? kind)
    {
        ArgumentNullException.ThrowIfNull(series);
        Check(series, kind, "series");
    }

    private static void Check(IReadOnlyList<LabeledSeries> series, LabelKind? kind, string part)
    {
        for (int i = 0; i < series.Count; i++)
            if (Fault(series[i], kind) is { } fault)
                throw new ArgumentException($"Of the {part}, number {i} (from 0) {fault}");
    }

    /// <summary>What is wrong with a series, as the end of a sentence; null where nothing is.</summary>
    public static string? Fault(LabeledSeries series, LabelKind? kind)
    {
        if (series is null)
            return "is null; expected a series.";
        if (series.Group is null)
            return "has null as its group; expected a text, empty where all series share a scale.";
        (int values, int labels) = (series.Values.Length, series.Labels.Length);
        ReadOnlySpan<double> times = series.Times.Span;
        if (values == 0)
            return "has no values; expected at least one.";
        if (labels != 1 && labels != values)
            return $"has {labels} labels for {values} values; expected one, or {values}.";
        if (kind is { } expected && labels != (expected == LabelKind.Series ? 1 : values))
            return $"has {labels} labels for {values} values; expected {(expected == LabelKind.Series ? "one a series" : "one a value")}, as the other training series have.";
        for (int i = 0; i < values; i++)
            if (float.IsInfinity(series.Values.Span[i]))
                return FormattableString.Invariant($"holds {series.Values.Span[i]} as value {i} (from 0); expected finite numbers, or NaN for a missing value.");
        if (times.Length != 0 && times.Length != values)
            return $"has {times.Length} times for {values} values; expected {values}, or none.";
        for (int i = 0; i < times.Length; i++)
            if (!double.IsFinite(times[i]) || (i > 0 && times[i] < times[i - 1]))
                return FormattableString.Invariant($"has the time {times[i]} at value {i} (from 0){(i > 0 ? FormattableString.Invariant($", after {times[i - 1]}") : "")}; expected finite numbers that do not fall.");
        return null;
    }
}
