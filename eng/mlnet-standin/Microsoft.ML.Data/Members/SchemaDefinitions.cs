using System;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>A class's definition under the types of a schema.</summary>
internal static class SchemaDefinitions
{
    /// <summary>Wants a member for every column of the schema, and gives it that column's type and annotations.</summary>
    public static SchemaDefinition For<TRow>(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var definition = SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        foreach (var column in schema.Where(c => !c.IsHidden))
        {
            var member = definition.FirstOrDefault(c => c.ColumnName == column.Name) ?? throw Columns.Missing(column.Name, "input");
            var (had, wanted) = (member.ColumnType, column.Type);
            bool fits = had is VectorDataViewType ofMember && wanted is VectorDataViewType ofColumn
                ? ofMember.ItemType.RawType == ofColumn.ItemType.RawType
                : had.RawType == wanted.RawType;
            if (!fits)
                throw Columns.Mismatch(column.Name, "input", wanted.ToString(), had.ToString());
            member.ColumnType = wanted;
            member.CopyAnnotations(column.Annotations);
        }
        return definition;
    }
}
