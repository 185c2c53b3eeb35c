namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>The door for values: NaN is a missing value, an infinity is a fault in the data.</summary>
internal static class FiniteValues
{
    public static void Check(ReadOnlySpan<float> values, string columnName, long row)
    {
        for (int i = 0; i < values.Length; i++)
            if (float.IsInfinity(values[i]))
                throw new InvalidOperationException($"The series column '{columnName}' holds {values[i]} in row {row}, value {i} (both from 0); expected finite numbers, or NaN for a missing value.");
    }
}
