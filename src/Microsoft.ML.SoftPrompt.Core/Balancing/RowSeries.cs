namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>A row's series.</summary>
/// <param name="Row">Which row of the data, from 0.</param>
/// <param name="Values">At least one value; NaN is a missing value.</param>
/// <param name="Group">Only series of one group are neighbours; none where all are.</param>
internal sealed record RowSeries(int Row, double[] Values, string? Group = null);
