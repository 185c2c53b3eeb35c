using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>Mappers one after another; none of them gives the rows of its input.</summary>
internal sealed class CompositeRowToRowMapper(DataViewSchema inputSchema, IReadOnlyList<IRowToRowMapper> mappers) : IRowToRowMapper
{
    public DataViewSchema InputSchema => inputSchema;

    public DataViewSchema OutputSchema => mappers.Count > 0 ? mappers[^1].OutputSchema : inputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        mappers.Reverse().Aggregate(dependingColumns, (columns, mapper) => mapper.GetDependencies(columns));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        if (input.Schema != InputSchema)
            throw new ArgumentException("Schema of input row must be the same as the schema the mapper is bound to", nameof(input));
        if (mappers.Count == 0)
            return new ActiveColumnsRow(input, activeColumns);

        var active = new IEnumerable<DataViewSchema.Column>[mappers.Count];
        active[^1] = activeColumns;
        for (int i = mappers.Count - 1; i > 0; i--)
            active[i - 1] = mappers[i].GetDependencies(active[i]).ToArray();
        var row = input;
        for (int i = 0; i < mappers.Count; i++)
            row = mappers[i].GetRow(row, active[i]);
        return row;
    }
}
