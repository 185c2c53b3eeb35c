namespace Microsoft.ML.SoftPrompt;

/// <summary>A reading of a series as it arrives.</summary>
/// <param name="Key">The series that it belongs to.</param>
/// <param name="Value">Its value; NaN is a missing one.</param>
/// <param name="Time">When it was taken; null where the order of arrival is the order of time.</param>
public readonly record struct StreamingReading(string Key, float Value, DateTime? Time = null);
