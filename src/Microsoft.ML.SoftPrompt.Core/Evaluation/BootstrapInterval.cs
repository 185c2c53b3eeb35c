namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>A metric, and between which limits it lies when other groups are drawn (<see cref="GroupBootstrap"/>).</summary>
/// <param name="Estimate">The metric of all items, each once.</param>
/// <param name="Low">The lower limit; NaN where there are fewer than two groups, or no draw has a value.</param>
/// <param name="High">The upper limit; NaN as the lower one.</param>
/// <param name="Undefined">Draws left out since the metric is not a number in them, as average precision without an anomaly.</param>
public readonly record struct BootstrapInterval(double Estimate, double Low, double High, int Undefined);
