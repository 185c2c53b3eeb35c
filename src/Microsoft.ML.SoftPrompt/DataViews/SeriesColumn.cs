using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>The column of series, a vector of Single, found and checked.</summary>
internal static class SeriesColumn
{
    private const string Role = "series";
    private const string Expected = "a vector of Single";
    private const string Advice = "Cut readings into series with Data.WindowSeries, or convert with Transforms.Conversion.ConvertType.";

    public static DataViewSchema.Column Find(DataViewSchema schema, string name)
    {
        var column = SchemaErrors.Find(schema, name, Role);
        return column.Type is VectorDataViewType type && type.ItemType.Equals(NumberDataViewType.Single)
            ? column
            : throw SchemaErrors.WrongType(column, Role, Expected, Advice);
    }

    public static SchemaShape.Column Find(SchemaShape schema, string name)
    {
        var column = SchemaErrors.Find(schema, name, Role);
        return column.Kind != SchemaShape.Column.VectorKind.Scalar && !column.IsKey && column.ItemType.Equals(NumberDataViewType.Single)
            ? column
            : throw SchemaErrors.WrongType(column, Role, Expected, Advice);
    }
}
