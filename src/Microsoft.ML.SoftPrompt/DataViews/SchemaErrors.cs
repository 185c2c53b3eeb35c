using Microsoft.ML.Data;

#pragma warning disable CA2208 // see Parameter

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>Errors about columns, worded alike everywhere: which column, what was found, what was expected, what to do.</summary>
internal static class SchemaErrors
{
    // The parameter that ML.NET's own stages name in such an error: it is the caller's, not one of the methods here.
    private const string Parameter = "inputSchema";

    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) ?? throw Missing(name, role, schema.Select(column => column.Name));

    public static SchemaShape.Column Find(SchemaShape schema, string name, string role)
    {
        foreach (var column in schema)
            if (column.Name == name)
                return column;
        throw Missing(name, role, schema.Select(column => column.Name));
    }

    public static ArgumentOutOfRangeException WrongType(string name, string role, string found, string expected, string advice = "") =>
        new(Parameter, $"The {role} column '{name}' is {found}; expected {expected}.{(advice.Length > 0 ? " " + advice : "")}");

    public static ArgumentOutOfRangeException WrongType(DataViewSchema.Column column, string role, string expected, string advice = "") =>
        WrongType(column.Name, role, column.Type.ToString()!, expected, advice);

    public static ArgumentOutOfRangeException WrongType(SchemaShape.Column column, string role, string expected, string advice = "") =>
        WrongType(column.Name, role, $"{column.Kind} of {(column.IsKey ? "key " : "")}{column.ItemType}", expected, advice);

    public static ArgumentOutOfRangeException NotActive(DataViewSchema.Column column) =>
        new(nameof(column), $"Column '{column.Name}' was not among the columns asked for when this row or cursor was made.");

    /// <summary>A column's getter as the type that was asked for.</summary>
    public static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type}, whose values are {column.Type.RawType}, not {typeof(TValue)}.");

    private static ArgumentOutOfRangeException Missing(string name, string role, IEnumerable<string> columns) =>
        new(Parameter, $"The {role} column '{name}' is not in the data, whose columns are {string.Join(", ", columns.Distinct().Select(column => $"'{column}'"))}. Name the column that is meant.");
}
