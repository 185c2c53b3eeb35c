using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Writes the columns of a row into the members of a class.</summary>
internal sealed class RowWriter<TRow>
    where TRow : class
{
    private readonly List<(DataViewSchema.Column Column, Func<DataViewRow, Action<TRow>> MakeSetter)> _bound = [];

    public RowWriter(DataViewSchema schema, bool ignoreMissingColumns, SchemaDefinition definition)
    {
        foreach (var wanted in definition ?? SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Write))
        {
            if (schema.GetColumnOrNull(wanted.ColumnName) is not { } column)
            {
                if (ignoreMissingColumns)
                    continue;
                throw new InvalidOperationException($"Column '{wanted.ColumnName}' not found in the data view");
            }
            var member = MemberAccess.Find(typeof(TRow), wanted.MemberName);
            _bound.Add((column, (Func<DataViewRow, Action<TRow>>)MemberAccess.CallGeneric(typeof(RowWriter<TRow>), nameof(Bind), [MemberAccess.TypeOf(member)], column, member)));
        }
    }

    public IEnumerable<DataViewSchema.Column> Columns => _bound.Select(b => b.Column);

    public Action<TRow> Over(DataViewRow row)
    {
        var setters = _bound.Select(b => b.MakeSetter(row)).ToArray();
        return target =>
        {
            foreach (var set in setters)
                set(target);
        };
    }

    private static Func<DataViewRow, Action<TRow>> Bind<TMember>(DataViewSchema.Column column, MemberInfo member)
    {
        var make = ColumnReader.For<TMember>(column, $"field or property '{member.Name}' of type '{typeof(TMember)}'");
        var set = MemberAccess.Setter<TRow, TMember>(member);
        var get = member is PropertyInfo { CanRead: false } ? _ => default : MemberAccess.Getter<TRow, TMember>(member);
        return row =>
        {
            var read = make(row);
            return target => set(target, read(get(target)));
        };
    }
}
