using System;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>What the estimators do to shapes of schemas.</summary>
internal static class ShapeEdits
{
    public static SchemaShape.Column Find(this SchemaShape schema, string name)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return schema.TryFindColumn(name, out var column) ? column : throw Columns.Missing(name, "input");
    }

    /// <summary>The shape with a column more, in the place of one of the same name where there is one.</summary>
    public static SchemaShape With(this SchemaShape schema, SchemaShape.Column added) =>
        new(schema.Any(c => c.Name == added.Name) ? schema.Select(c => c.Name == added.Name ? added : c) : [.. schema, added]);
}
