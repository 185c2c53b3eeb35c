using Microsoft.ML.SoftPrompt.Explaining;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>Which values carried the score of an item.</summary>
/// <param name="Start">Index, within the series, of step 0 of the contributions: the start of the window that was explained.</param>
/// <param name="Contributions">What the values carry; may be empty.</param>
public sealed record ReportExplanation(int Start, IReadOnlyList<ValueContribution> Contributions)
{
    internal void Validate(ReportSeries series)
    {
        foreach (ValueContribution contribution in Contributions)
        {
            long from = (long)Start + contribution.Step;
            if (from < 0 || contribution.Count < 1 || from + contribution.Count > series.Values.Length)
                throw new InvalidOperationException($"An explanation from index {Start} of the series '{series.Name}' on tells of {contribution.Count} values at step {contribution.Step}; expected values within the {series.Values.Length} of the series.");
            if (!double.IsFinite(contribution.Lift))
                throw new InvalidOperationException($"An explanation of the series '{series.Name}' has the probabilities {contribution.Probability} and {contribution.ProbabilityWithout} at step {contribution.Step}; expected finite numbers.");
        }
    }
}
