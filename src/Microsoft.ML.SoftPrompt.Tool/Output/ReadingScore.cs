namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>What a model says about one reading.</summary>
/// <param name="Logit">The mean of the logits of all windows that hold the reading.</param>
/// <param name="Probability">The probability of that logit, calibrated where the model is, 0 to 1.</param>
/// <param name="PredictedLabel">True where the mean logit exceeds the model's threshold.</param>
internal readonly record struct ReadingScore(float Logit, float Probability, bool PredictedLabel);
