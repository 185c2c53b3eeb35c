namespace Microsoft.ML.SoftPrompt.Explaining;

/// <summary>What a value, or a run of values, of a series carries of its score, by occlusion: scored with it, and with it taken away.</summary>
/// <param name="Step">The first value's index, from 0.</param>
/// <param name="Count">How many values were taken away together, at least 1.</param>
/// <param name="Probability">The probability of the series as it is, or that of its <paramref name="Point"/>.</param>
/// <param name="ProbabilityWithout">The probability without these values.</param>
/// <param name="Point">The index of the value whose probability it is, where the model labels values; null where it labels series.</param>
public sealed record ValueContribution(int Step, int Count, double Probability, double ProbabilityWithout, int? Point = null)
{
    /// <summary>Gets by how much the values lift the probability: above 0 where they speak for an anomaly.</summary>
    public double Lift => Probability - ProbabilityWithout;
}
