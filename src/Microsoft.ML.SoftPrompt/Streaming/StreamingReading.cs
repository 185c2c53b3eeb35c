namespace Microsoft.ML.SoftPrompt;

/// <summary>A reading of a series as it arrives.</summary>
/// <param name="Key">The series that it belongs to; at most <see cref="MaxKeyLength"/> characters.</param>
/// <param name="Value">Its value; NaN is a missing one, and an infinite one is refused.</param>
/// <param name="Time">When it was taken; null where the order of arrival is the order of time. Of a time only the clock counts, not whether it is local or universal.</param>
public readonly record struct StreamingReading(string Key, float Value, DateTime? Time = null)
{
    /// <summary>The longest key of a series, in characters.</summary>
    public const int MaxKeyLength = 1024;
}
