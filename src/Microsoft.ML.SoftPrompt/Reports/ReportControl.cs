using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>A detector to compare with: its metrics on the same items.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Threshold">An item is flagged when its score is strictly above it.</param>
/// <param name="Metrics">What it is worth.</param>
public sealed record ReportControl(string Name, double Threshold, BinaryMetrics Metrics);
