namespace Microsoft.ML.SoftPrompt;

/// <summary>The score of the window that ends with a reading.</summary>
/// <param name="Key">The series.</param>
/// <param name="Index">Index of the reading within its series, from 0.</param>
/// <param name="Time">The reading's time, where it has one.</param>
/// <param name="Score">The logit of the window; of its last value, where the model labels every value.</param>
/// <param name="Probability">The probability, 0 to 1.</param>
/// <param name="PredictedLabel">Whether the model flags it.</param>
public readonly record struct StreamingScore(string Key, long Index, DateTime? Time, float Score, float Probability, bool PredictedLabel);
