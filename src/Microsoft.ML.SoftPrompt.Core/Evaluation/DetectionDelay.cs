namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>From the first point of an anomalous stretch to its first flagged point.</summary>
/// <param name="Points">In points; 0 where the first is flagged.</param>
/// <param name="Time">In time; null where times are not known.</param>
public readonly record struct DetectionDelay(int Points, TimeSpan? Time);
