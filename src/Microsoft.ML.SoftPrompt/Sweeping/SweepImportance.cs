namespace Microsoft.ML.SoftPrompt;

/// <summary>How much a sweep's metric differed with one parameter: the spread of the marginal means.</summary>
/// <param name="Parameter">The parameter's name.</param>
/// <param name="Spread">The highest less the lowest mean of <paramref name="Groups"/>, 0 to 1.</param>
/// <param name="ChanceShare">
/// The share of 1,000 shuffles of the metric among the trials that spread the means at least as much: near 0 where the difference is more
/// than chance, large where it is not, whatever the spread.
/// </param>
/// <param name="Groups">The parameter's values; of more than four numbers, thirds of the trials by their order.</param>
public sealed record SweepImportance(string Parameter, double Spread, double ChanceShare, IReadOnlyList<SweepImportanceGroup> Groups);

/// <summary>Trials that are alike in one parameter, whatever the others are.</summary>
/// <param name="Values">The value, or the lowest and the highest.</param>
/// <param name="Trials">How many trials there are.</param>
/// <param name="Mean">Their mean average precision over the validation readings: after the first round of successive halving, which all trials went through, else after all epochs.</param>
public sealed record SweepImportanceGroup(string Values, int Trials, double Mean);
