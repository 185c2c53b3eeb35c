namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A way to find anomalies that can be fitted: a baseline, a control, or the soft prompt, all alike to a comparison.</summary>
public interface IAnomalyMethod
{
    /// <summary>Gets the name in tables.</summary>
    string Name { get; }

    /// <summary>Fits the method. What needs no fitting only looks at the scale of the values.</summary>
    /// <param name="training">The series to learn from, all with one label or all with one a value.</param>
    /// <param name="validation">Series to choose between settings or epochs by; may be empty. Never learned from.</param>
    /// <param name="seed">Of all that is random.</param>
    /// <param name="cancellation">Asked between batches.</param>
    /// <returns>The fitted method.</returns>
    /// <exception cref="NotSupportedException">The method has no score of this kind, as the series' length has none for a value.</exception>
    IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default);
}
