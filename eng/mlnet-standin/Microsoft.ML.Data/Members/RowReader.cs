using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>The members of a class as the columns of a schema.</summary>
internal sealed class RowReader<TRow>
    where TRow : class
{
    private readonly List<Func<Func<TRow>, Delegate>> _makeGetters = [];

    public RowReader(SchemaDefinition definition)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in definition ?? SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read))
        {
            var member = MemberAccess.Find(typeof(TRow), column.MemberName);
            var memberType = MemberAccess.TypeOf(member);
            CheckType(column, memberType);
            builder.AddColumn(column.ColumnName, column.ColumnType, column.Annotations);
            _makeGetters.Add((Func<Func<TRow>, Delegate>)MemberAccess.CallGeneric(typeof(RowReader<TRow>), nameof(Bind), [memberType], member));
        }
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    /// <summary>Makes the getter of a column over whatever row is current.</summary>
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column, Func<TRow> current) => Columns.Cast<TValue>(_makeGetters[column.Index](current), column);

    private static void CheckType(SchemaDefinition.Column column, Type memberType)
    {
        bool isVector = MemberAccess.IsVector(memberType, out var item);
        var rawItem = item == typeof(string) ? typeof(ReadOnlyMemory<char>) : item;
        var columnItem = column.ColumnType is VectorDataViewType vector ? vector.ItemType : column.ColumnType;
        if (isVector != column.ColumnType is VectorDataViewType || rawItem != columnItem.RawType)
            throw new InvalidOperationException($"The column '{column.ColumnName}' of type '{column.ColumnType}' does not fit the member '{column.MemberName}' of type '{memberType}'.");
    }

    private static Func<Func<TRow>, Delegate> Bind<TMember>(MemberInfo member)
    {
        var get = MemberAccess.Getter<TRow, TMember>(member);
        if (typeof(TMember) == typeof(string))
        {
            var text = (Func<TRow, string>)(object)get;
            return current => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = text(current()).AsMemory());
        }
        if (typeof(TMember) == typeof(string[]))
        {
            var texts = (Func<TRow, string[]>)(object)get;
            return ArrayGetter(row => texts(row)?.Select(t => t.AsMemory()).ToArray());
        }
        if (typeof(TMember).IsArray)
            return (Func<Func<TRow>, Delegate>)MemberAccess.CallGeneric(typeof(RowReader<TRow>), nameof(ArrayGetter), [typeof(TMember).GetElementType()], get);
        if (MemberAccess.IsVector(typeof(TMember), out var item))
            return (Func<Func<TRow>, Delegate>)MemberAccess.CallGeneric(typeof(RowReader<TRow>), nameof(VBufferGetter), [item], get);
        return current => (ValueGetter<TMember>)((ref TMember value) => value = get(current()));
    }

    // The length is not held against the column's size, as in ML.NET: whoever reads the column has to look.
    private static Func<Func<TRow>, Delegate> ArrayGetter<TItem>(Func<TRow, TItem[]> get) =>
        current => (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> value) =>
        {
            var array = get(current()) ?? [];
            VBuffer<TItem>.Copy(array, 0, ref value, array.Length);
        });

    private static Func<Func<TRow>, Delegate> VBufferGetter<TItem>(Func<TRow, VBuffer<TItem>> get) =>
        current => (ValueGetter<VBuffer<TItem>>)((ref VBuffer<TItem> value) => get(current()).CopyTo(ref value));
}
