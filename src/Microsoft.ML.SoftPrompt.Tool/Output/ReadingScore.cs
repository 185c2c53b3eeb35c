namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>What a model says about one reading.</summary>
/// <param name="Logit">The mean of the logits of all windows that hold the reading.</param>
/// <param name="PredictedLabel">True where the mean logit exceeds the model's threshold.</param>
internal readonly record struct ReadingScore(float Logit, bool PredictedLabel)
{
    /// <summary>Gets the sigmoid of the mean logit, in (0, 1).</summary>
    public float Probability => (float)(1 / (1 + Math.Exp(-(double)Logit)));
}
