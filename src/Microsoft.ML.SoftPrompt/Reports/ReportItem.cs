namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>What was judged: a window of a series, or a single reading of it.</summary>
/// <param name="Start">Index of its first value within the series, from 0.</param>
/// <param name="Length">How many values it has, at least 1; 1 for a reading.</param>
/// <param name="IsAnomaly">Its label.</param>
/// <param name="Score">A finite number, higher for more anomalous.</param>
public readonly record struct ReportItem(int Start, int Length, bool IsAnomaly, double Score);
