using Microsoft.ML.SoftPrompt.Explaining;

namespace Microsoft.ML.SoftPrompt.Reports;

/// <summary>Which values carried the score of an item.</summary>
/// <param name="Start">Index, within the series, of step 0 of the contributions: the start of the window that was explained.</param>
/// <param name="Contributions">What the values carry; may be empty.</param>
public sealed record ReportExplanation(int Start, IReadOnlyList<ValueContribution> Contributions);
