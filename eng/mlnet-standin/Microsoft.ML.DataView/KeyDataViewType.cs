using System;
using System.Globalization;

namespace Microsoft.ML.Data;

/// <summary>A category out of a known count: raw values run from 1 to the count, and 0 is the missing one.</summary>
public sealed class KeyDataViewType : PrimitiveDataViewType
{
    public KeyDataViewType(Type type, ulong count) : base(type)
    {
        if (!IsValidDataType(type))
            throw new ArgumentException("Type is not valid, it must be Byte, UInt16, UInt32 or UInt64.", nameof(type));
        if (count == 0 || count > Max(type))
            throw new ArgumentException("The cardinality of a " + nameof(KeyDataViewType) + " must be strictly positive and not above the type's largest value.", nameof(count));
        Count = count;
    }

    public KeyDataViewType(Type type, int count) : this(type, count > 0 ? (ulong)count : 0)
    {
    }

    public ulong Count { get; }

    public static bool IsValidDataType(Type type) => type == typeof(byte) || type == typeof(ushort) || type == typeof(uint) || type == typeof(ulong);

    public override bool Equals(DataViewType other) => other is KeyDataViewType key && key.RawType == RawType && key.Count == Count;

    public override bool Equals(object other) => other is DataViewType type && Equals(type);

    public override int GetHashCode() => HashCode.Combine(RawType, Count);

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "Key<{0}, {1}-{2}>", RawType.Name, 0, Count - 1);

    private static ulong Max(Type type) =>
        type == typeof(byte) ? byte.MaxValue : type == typeof(ushort) ? ushort.MaxValue : type == typeof(uint) ? uint.MaxValue : ulong.MaxValue;
}
