using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>A column computed from others of the same row.</summary>
/// <param name="Column">Its name, type and annotations.</param>
/// <param name="Sources">The input columns it needs.</param>
/// <param name="MakeGetter">Makes its <see cref="ValueGetter{TValue}"/> over an input row.</param>
internal sealed record AddedColumn(DataViewSchema.DetachedColumn Column, IReadOnlyList<DataViewSchema.Column> Sources, Func<DataViewRow, Delegate> MakeGetter);

/// <summary>Keeps the input's columns and adds some after them.</summary>
internal sealed class ColumnAddingMapper : IRowToRowMapper
{
    private readonly IReadOnlyList<AddedColumn> _added;

    public ColumnAddingMapper(DataViewSchema inputSchema, IReadOnlyList<AddedColumn> added)
    {
        InputSchema = inputSchema;
        _added = added;
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        builder.AddColumns(added.Select(a => a.Column));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        dependingColumns
            .SelectMany(c => c.Index < InputSchema.Count ? [InputSchema[c.Index]] : _added[c.Index - InputSchema.Count].Sources)
            .DistinctBy(c => c.Index)
            .OrderBy(c => c.Index);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        if (input.Schema != InputSchema)
            throw new ArgumentException("Schema of input row must be the same as the schema the mapper is bound to", nameof(input));
        return new Row(this, input, activeColumns);
    }

    private sealed class Row(ColumnAddingMapper mapper, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) : ForwardingRow(input)
    {
        private readonly DataViewRow _input = input;
        private readonly HashSet<int> _active = [.. activeColumns.Select(c => c.Index)];

        public override DataViewSchema Schema => mapper.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!IsColumnActive(column))
                throw Columns.NotActive(column);
            int added = column.Index - mapper.InputSchema.Count;
            return added < 0
                ? _input.GetGetter<TValue>(mapper.InputSchema[column.Index])
                : Columns.Cast<TValue>(mapper._added[added].MakeGetter(_input), column);
        }
    }
}
