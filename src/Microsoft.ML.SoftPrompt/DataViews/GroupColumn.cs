using System.Globalization;
using System.Text;
using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>
/// Reads the column that says which group (host, file, patient) a row belongs to. Groups are compared, and stored in model files, by
/// their text: a number's is its invariant form, a key's its number.
/// </summary>
internal abstract class GroupColumn
{
    private const string Expected = "text, an integer, a Boolean or a key";

    private static readonly Dictionary<Type, Func<DataViewRow, DataViewSchema.Column, GroupColumn>> Openers = new()
    {
        [typeof(ReadOnlyMemory<char>)] = (row, column) => new Text(row, column),
        [typeof(bool)] = (row, column) => new Flag(row, column),
        [typeof(byte)] = (row, column) => new Number<byte>(row, column),
        [typeof(sbyte)] = (row, column) => new Number<sbyte>(row, column),
        [typeof(short)] = (row, column) => new Number<short>(row, column),
        [typeof(ushort)] = (row, column) => new Number<ushort>(row, column),
        [typeof(int)] = (row, column) => new Number<int>(row, column),
        [typeof(uint)] = (row, column) => new Number<uint>(row, column),
        [typeof(long)] = (row, column) => new Number<long>(row, column),
        [typeof(ulong)] = (row, column) => new Number<ulong>(row, column),
    };

    /// <summary>The current row's group; valid until the next call.</summary>
    public abstract ReadOnlySpan<char> Read();

    /// <summary>Keeps the group read last, so that <see cref="GetGetter"/> can give it again in the column's own type.</summary>
    public abstract void Keep();

    /// <summary>A getter for a kept group's value.</summary>
    /// <param name="current">Which of the kept groups, in the order they were kept.</param>
    public abstract Delegate GetGetter(Func<int> current);

    /// <param name="schema">The data's columns.</param>
    /// <param name="name">The column's name.</param>
    /// <param name="role">What the groups are for, as errors name it.</param>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role = "group")
    {
        var column = SchemaErrors.Find(schema, name, role);
        return IsGroup(column.Type) ? column : throw SchemaErrors.WrongType(column, role, Expected);
    }

    /// <inheritdoc cref="Find(DataViewSchema, string, string)"/>
    public static SchemaShape.Column Find(SchemaShape schema, string name, string role = "group")
    {
        var column = SchemaErrors.Find(schema, name, role);
        return column.Kind == SchemaShape.Column.VectorKind.Scalar && IsGroup(column.ItemType) ? column : throw SchemaErrors.WrongType(column, role, Expected);
    }

    /// <summary>Whether a column of the type can say which group a row belongs to.</summary>
    public static bool IsGroup(DataViewType type) => Openers.ContainsKey(type.RawType);

    public static GroupColumn Open(DataViewRow row, DataViewSchema.Column column) => Openers[column.Type.RawType](row, column);

    /// <summary>Refuses half a surrogate pair: it would be written as another character, and the group not be found again after loading.</summary>
    /// <exception cref="InvalidOperationException">The group is not valid Unicode.</exception>
    public static void CheckSavable(string group, string columnName, long row)
    {
        if (Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(group)) != group)
            throw new InvalidOperationException($"The group column '{columnName}' holds half a surrogate pair in row {row} (from 0), which is no character and which a model file cannot keep; expected valid Unicode text. Correct the text.");
    }

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
