using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>A row that takes its place and id from another, which it owns.</summary>
internal abstract class ForwardingRow(DataViewRow source) : DataViewRow
{
    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
    }
}

/// <summary>The same row with fewer active columns.</summary>
internal sealed class ActiveColumnsRow : ForwardingRow
{
    private readonly DataViewRow _source;
    private readonly HashSet<int> _active;

    public ActiveColumnsRow(DataViewRow source, IEnumerable<DataViewSchema.Column> active) : base(source)
    {
        _source = source;
        _active = [.. active.Select(c => c.Index)];
    }

    public override DataViewSchema Schema => _source.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        IsColumnActive(column) ? _source.GetGetter<TValue>(column) : throw Columns.NotActive(column);
}

/// <summary>What the rows' doors say.</summary>
internal static class Columns
{
    public static InvalidOperationException NotActive(DataViewSchema.Column column) => new($"The column '{column.Name}' is not active: the row was asked for without it.");

    public static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Invalid TValue: the column '{column.Name}' gives '{column.Type.RawType}', not '{typeof(TValue)}'.");

    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) ?? throw Missing(name, role);

    /// <summary>ML.NET's exception for a column that is not there.</summary>
    public static ArgumentOutOfRangeException Missing(string name, string role) => new("schema", $"Could not find {role} column '{name}'");

    /// <summary>ML.NET's exception for a column of the wrong type.</summary>
    public static ArgumentOutOfRangeException Mismatch(string name, string role, string expected, string found) =>
        new("schema", $"Schema mismatch for {role} column '{name}': expected {expected}, got {found}");
}
