namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Binary cross-entropy on logits (SPEAR, eq. (3) and its loss), in the form that no logit overflows.</summary>
internal static class BinaryCrossEntropy
{
    /// <summary>−y ln σ(z) − (1 − y) ln(1 − σ(z)) = max(z, 0) − z y + ln(1 + e^−|z|).</summary>
    public static double Loss(double logit, double label) => Math.Max(logit, 0) - logit * label + double.LogP1(Math.Exp(-Math.Abs(logit)));

    /// <summary>The derivative of the loss by the logit, σ(z) − y.</summary>
    public static double Gradient(double logit, double label) => Sigmoid(logit) - label;

    /// <summary>σ(z) = 1 / (1 + e^−z).</summary>
    public static double Sigmoid(double logit)
    {
        double e = Math.Exp(-Math.Abs(logit));
        return logit >= 0 ? 1 / (1 + e) : e / (1 + e);
    }
}
