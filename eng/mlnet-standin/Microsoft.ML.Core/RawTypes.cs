using System;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>The view's type for a .NET type.</summary>
internal static class RawTypes
{
    public static NumberDataViewType ToNumberType(this Type rawType) => Type.GetTypeCode(rawType) switch
    {
        TypeCode.SByte => NumberDataViewType.SByte,
        TypeCode.Byte => NumberDataViewType.Byte,
        TypeCode.Int16 => NumberDataViewType.Int16,
        TypeCode.UInt16 => NumberDataViewType.UInt16,
        TypeCode.Int32 => NumberDataViewType.Int32,
        TypeCode.UInt32 => NumberDataViewType.UInt32,
        TypeCode.Int64 => NumberDataViewType.Int64,
        TypeCode.UInt64 => NumberDataViewType.UInt64,
        TypeCode.Single => NumberDataViewType.Single,
        TypeCode.Double => NumberDataViewType.Double,
        _ => null,
    };

    public static PrimitiveDataViewType ToPrimitiveType(this Type rawType) =>
        rawType.ToNumberType() as PrimitiveDataViewType
        ?? (rawType == typeof(bool) ? BooleanDataViewType.Instance
            : rawType == typeof(ReadOnlyMemory<char>) || rawType == typeof(string) ? TextDataViewType.Instance
            : rawType == typeof(DateTime) ? DateTimeDataViewType.Instance
            : rawType == typeof(DateTimeOffset) ? DateTimeOffsetDataViewType.Instance
            : rawType == typeof(TimeSpan) ? TimeSpanDataViewType.Instance
            : rawType == typeof(DataViewRowId) ? RowIdDataViewType.Instance
            : null);
}
