using System.Numerics;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>The door for values: NaN is a missing value, an infinity is a fault in the data.</summary>
internal static class FiniteValues
{
    public static void Check<TValue>(ReadOnlySpan<TValue> values, string columnName, long row)
        where TValue : INumberBase<TValue>
    {
        for (int i = 0; i < values.Length; i++)
            if (TValue.IsInfinity(values[i]))
                throw new InvalidOperationException(FormattableString.Invariant($"The series column '{columnName}' holds {values[i]} in row {row}, value {i} (both from 0); expected finite numbers, or NaN for a missing value."));
    }
}
