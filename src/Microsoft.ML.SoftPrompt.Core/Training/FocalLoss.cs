namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>
/// The loss of a logit: −w_y (1 − p_y)^γ ln p_y, with p_y the probability of the label (Lin et al., arXiv 1708.02002, eq. (5)). With γ = 0
/// it is the weighted binary cross-entropy, with weight 1 also the plain one.
/// </summary>
/// <param name="PositiveClassWeight">What the loss of an anomalous label is multiplied with, above 0.</param>
/// <param name="Gamma">The exponent γ, at least 0.</param>
internal readonly record struct FocalLoss(double PositiveClassWeight, double Gamma)
{
    public double Loss(double logit, double label) =>
        Weight(label) * Math.Pow(Math.Abs(BinaryCrossEntropy.Gradient(logit, label)), Gamma) * BinaryCrossEntropy.Loss(logit, label);

    /// <summary>The derivative of the loss by the logit: with r = σ(z) − y, so that 1 − p_y = |r|, it is w_y |r|^γ (r − sign(r) γ (1 − |r|) ln p_y).</summary>
    public double Gradient(double logit, double label)
    {
        double residual = BinaryCrossEntropy.Gradient(logit, label);
        double miss = Math.Abs(residual);
        double focus = Gamma * (1 - miss) * BinaryCrossEntropy.Loss(logit, label);
        return Weight(label) * Math.Pow(miss, Gamma) * (residual + Math.CopySign(focus, residual));
    }

    private double Weight(double label) => label == 1 ? PositiveClassWeight : 1;
}
