namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>A series of the class with fewer rows.</summary>
/// <param name="Row">Its row in the data, from 0.</param>
/// <param name="Values">At least one value; NaN is a missing value.</param>
internal sealed record MinoritySeries(int Row, double[] Values);
