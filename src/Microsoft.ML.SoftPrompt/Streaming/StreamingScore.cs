namespace Microsoft.ML.SoftPrompt;

/// <summary>The score of a series' trailing window.</summary>
/// <param name="Key">The series.</param>
/// <param name="Index">Index of the window's last reading within its series, from 0 where the series started, or started anew after a gap or an eviction. Missing values put into a gap count.</param>
/// <param name="Time">The time of the window's last reading, where it has one.</param>
/// <param name="Value">The value of the window's last reading; NaN where it is missing.</param>
/// <param name="Score">The logit of the window; of its last value, where the model labels every value.</param>
/// <param name="Probability">The probability, 0 to 1.</param>
/// <param name="PredictedLabel">Whether the model flags it.</param>
public readonly record struct StreamingScore(string Key, long Index, DateTime? Time, float Value, float Score, float Probability, bool PredictedLabel);
