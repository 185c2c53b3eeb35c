using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>
/// Reads the column that says which group (host, file, patient) a row belongs to. Groups are compared, and stored in model files, by
/// their text: a number's is its invariant form, a key's its number.
/// </summary>
internal abstract class GroupColumn
{
    private const string Role = "group";
    private const string Expected = "text, an integer, a Boolean or a key";

    /// <summary>The current row's group; valid until the next call.</summary>
    public abstract ReadOnlySpan<char> Read();

    /// <summary>Keeps the group read last, so that <see cref="GetGetter"/> can give it again in the column's own type.</summary>
    public abstract void Keep();

    /// <summary>A getter for a kept group's value.</summary>
    /// <param name="current">Which of the kept groups, in the order they were kept.</param>
    public abstract Delegate GetGetter(Func<int> current);

    public static void Check(string name, DataViewType type)
    {
        if (type is VectorDataViewType || !IsSupported(type.RawType))
            throw SchemaErrors.WrongType(name, Role, type.ToString()!, Expected);
    }

    public static void Check(SchemaShape.Column column)
    {
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || !IsSupported(column.ItemType.RawType))
            throw SchemaErrors.WrongType(column.Name, Role, $"{column.Kind} of {column.ItemType}", Expected);
    }

    public static GroupColumn Open(DataViewRow row, DataViewSchema.Column column)
    {
        Type type = column.Type.RawType;
        return true switch
        {
            _ when type == typeof(ReadOnlyMemory<char>) => new Text(row, column),
            _ when type == typeof(bool) => new Flag(row, column),
            _ when type == typeof(byte) => new Number<byte>(row, column),
            _ when type == typeof(sbyte) => new Number<sbyte>(row, column),
            _ when type == typeof(short) => new Number<short>(row, column),
            _ when type == typeof(ushort) => new Number<ushort>(row, column),
            _ when type == typeof(int) => new Number<int>(row, column),
            _ when type == typeof(uint) => new Number<uint>(row, column),
            _ when type == typeof(long) => new Number<long>(row, column),
            _ when type == typeof(ulong) => new Number<ulong>(row, column),
            _ => throw SchemaErrors.WrongType(column.Name, Role, column.Type.ToString()!, Expected),
        };
    }

    private static bool IsSupported(Type type) =>
        type == typeof(ReadOnlyMemory<char>) || type == typeof(bool) || type == typeof(byte) || type == typeof(sbyte) || type == typeof(short)
        || type == typeof(ushort) || type == typeof(int) || type == typeof(uint) || type == typeof(long) || type == typeof(ulong);

    private abstract class Typed<TValue>(DataViewRow row, DataViewSchema.Column column) : GroupColumn
    {
        private readonly ValueGetter<TValue> _getter = row.GetGetter<TValue>(column);
        private readonly List<TValue> _kept = [];
        private TValue _value = default!;

        public override ReadOnlySpan<char> Read()
        {
            _getter(ref _value);
            return Format(_value);
        }

        public override void Keep() => _kept.Add(Own(_value));

        public override Delegate GetGetter(Func<int> current)
        {
            ValueGetter<TValue> getter = (ref TValue value) => value = _kept[current()];
            return getter;
        }

        protected abstract ReadOnlySpan<char> Format(TValue value);

        protected virtual TValue Own(TValue value) => value;
    }

    private sealed class Text(DataViewRow row, DataViewSchema.Column column) : Typed<ReadOnlyMemory<char>>(row, column)
    {
        protected override ReadOnlySpan<char> Format(ReadOnlyMemory<char> value) => value.Span;

        protected override ReadOnlyMemory<char> Own(ReadOnlyMemory<char> value) => value.ToArray();
    }

    private sealed class Flag(DataViewRow row, DataViewSchema.Column column) : Typed<bool>(row, column)
    {
        protected override ReadOnlySpan<char> Format(bool value) => value ? "true" : "false";
    }

    private sealed class Number<TValue>(DataViewRow row, DataViewSchema.Column column) : Typed<TValue>(row, column)
        where TValue : ISpanFormattable
    {
        private readonly char[] _digits = new char[20]; // the longest: a sign and 19 digits, or 20 digits

        protected override ReadOnlySpan<char> Format(TValue value)
        {
            value.TryFormat(_digits, out int length, default, CultureInfo.InvariantCulture);
            return _digits.AsSpan(0, length);
        }
    }
}
