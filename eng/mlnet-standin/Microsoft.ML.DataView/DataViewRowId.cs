using System;
using System.Globalization;

namespace Microsoft.ML.Data;

/// <summary>A 128-bit identity of a row, stable over cursors of the same view.</summary>
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    // The finalizer of SplitMix64: every input bit reaches every output bit.
    private const ulong MixA = 0xBF58476D1CE4E5B9;
    private const ulong MixB = 0x94D049BB133111EB;
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    public readonly ulong Low;
    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high)
    {
        Low = low;
        High = high;
    }

    /// <summary>The id of the first of several rows that come from this one.</summary>
    public DataViewRowId Fork() => new(Mix(Low + GoldenGamma), Mix(High ^ Low));

    /// <summary>The id of the row after this one, among the rows that <see cref="Fork"/> began.</summary>
    public DataViewRowId Next() => new(Mix(Low ^ GoldenGamma), Mix(High + Low + 1));

    public DataViewRowId Combine(DataViewRowId other) => new(Mix(Low ^ Mix(other.Low + GoldenGamma)), Mix(High ^ Mix(other.High + MixA)));

    public int CompareTo(DataViewRowId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Low, High);

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "{0:x16}{1:x16}", High, Low);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * MixA;
        value = (value ^ (value >> 27)) * MixB;
        return value ^ (value >> 31);
    }
}
