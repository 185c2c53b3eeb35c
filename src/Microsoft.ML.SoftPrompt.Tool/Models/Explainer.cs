using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Models;

/// <summary>A window, and what of it is explained.</summary>
/// <param name="Series">Index of the series.</param>
/// <param name="Start">Index of its first reading within the series.</param>
/// <param name="Point">The reading whose probability is explained, from the window's start, where the model answers for every reading; else null.</param>
internal readonly record struct ExplainedWindow(int Series, int Start, int? Point);

/// <summary>What carries the probability of a window.</summary>
/// <param name="Values">At least one; steps count from the window's first reading.</param>
internal sealed record Explanation(ExplainedWindow Window, IReadOnlyList<ValueContribution> Values)
{
    public double Probability => Values[0].Probability;

    public int Length => Values[^1].Step + Values[^1].Count;

    /// <summary>The values that lift the probability most, the strongest first; none shares a step with a stronger one.</summary>
    /// <param name="leastLift">What lifts less is left out.</param>
    public IEnumerable<ValueContribution> Strongest(double leastLift)
    {
        var taken = new bool[Length];
        foreach (ValueContribution value in Values.Where(value => value.Lift >= leastLift).OrderByDescending(value => value.Lift).ThenBy(value => value.Step))
        {
            Span<bool> steps = taken.AsSpan(value.Step, value.Count);
            if (steps.Contains(true))
                continue;
            steps.Fill(true);
            yield return value;
        }
    }
}

/// <summary>Finds the windows that are worth explaining, and explains them.</summary>
internal static class Explainer
{
    /// <summary>The windows with the highest logits, the highest first; none shares readings with a higher one, so that each shows another place.</summary>
    public static IReadOnlyList<(ExplainedWindow Window, float Logit)> Highest(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, int count, ToolConsole console, CancellationToken cancellation)
    {
        var all = new List<(ExplainedWindow Window, float Logit)>();
        Scorer.Windows(ml, model, series, console, window => all.Add(Of(window, model)), cancellation);
        var highest = new List<(ExplainedWindow Window, float Logit)>();
        foreach (var scored in all.OrderByDescending(scored => scored.Logit))
        {
            if (highest.Count == count)
                break;
            if (!highest.Any(other => other.Window.Series == scored.Window.Series && Math.Abs(other.Window.Start - scored.Window.Start) < model.Settings.Window))
                highest.Add(scored);
        }
        return highest;
    }

    /// <summary>Of the windows that hold a reading, the one with the highest logit; where the model answers for every reading, the one with the reading's highest.</summary>
    public static ExplainedWindow Holding(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, int index, int reading, CancellationToken cancellation) =>
        Scorer.Holding(ml, model, series, index, reading, cancellation)
            .Select(window => model.Parameters.LabelsPoints ? (new ExplainedWindow(index, window.Start, reading - window.Start), window.Logits[reading - window.Start]) : Of(window, model))
            .ToArray().MaxBy(scored => scored.Item2).Item1;

    /// <summary>Explains what was judged: a window, or a reading in the window of <see cref="Holding"/>.</summary>
    /// <param name="start">The window's first reading, or the reading.</param>
    public static Explanation Explain(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, int index, int start, CancellationToken cancellation)
    {
        ExplainedWindow window = model.Parameters.LabelsPoints ? Holding(ml, model, series, index, start, cancellation) : new ExplainedWindow(index, start, null);
        return Explain(ml, model, series, [window], width: null, cancellation)[0];
    }

    /// <summary>Explains windows.</summary>
    /// <param name="width">
    /// Readings that are taken away together. Null begins with one, and doubles it for a flagged window until some run is found without which
    /// it would not be flagged: several values can stand for one another. Beyond three quarters of a window there is no ordinary value left.
    /// </param>
    public static IReadOnlyList<Explanation> Explain(
        MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, IReadOnlyList<ExplainedWindow> windows, int? width, CancellationToken cancellation)
    {
        if (width is { } given)
            return ExplainAt(ml, model, series, windows, given, cancellation);
        Explanation[] explanations = ExplainAt(ml, model, series, windows, 1, cancellation);
        for (int doubled = 2; doubled <= model.Settings.Window * 3 / 4; doubled *= 2)
        {
            int[] open = Enumerable.Range(0, windows.Count).Where(i => IsOpen(explanations[i], model.Parameters.DecisionThreshold, doubled)).ToArray();
            Explanation[] wider = ExplainAt(ml, model, series, open.Select(i => windows[i]).ToArray(), doubled, cancellation);
            for (int i = 0; i < open.Length; i++)
                explanations[open[i]] = wider[i];
        }
        return explanations;
    }

    private static bool IsOpen(Explanation explanation, double threshold, int width) =>
        explanation.Probability > threshold && explanation.Length * 3 / 4 >= width && explanation.Values.All(value => value.ProbabilityWithout > threshold);

    private static Explanation[] ExplainAt(MLContext ml, AppliedModel model, IReadOnlyList<ReadingSeries> series, IReadOnlyList<ExplainedWindow> windows, int width, CancellationToken cancellation)
    {
        if (windows.Count == 0)
            return [];
        IDataView rows = SeriesRows.Windows(ml, series, windows.Select(window => (window.Series, window.Start)).ToArray(), model.Settings.Window);
        int[]? points = model.Parameters.LabelsPoints ? windows.Select(window => window.Point!.Value).ToArray() : null;
        return ml.AnomalyDetection.Explain(model.Chain, rows, width, points: points, cancellationToken: cancellation)
            .Zip(windows, (values, window) => new Explanation(window, values)).ToArray();
    }

    private static (ExplainedWindow Window, float Logit) Of(ScoredWindow window, AppliedModel model)
    {
        int point = Array.IndexOf(window.Logits, window.Logits.Max());
        return (new ExplainedWindow(window.Series, window.Start, model.Parameters.LabelsPoints ? point : null), window.Logits[point]);
    }
}
