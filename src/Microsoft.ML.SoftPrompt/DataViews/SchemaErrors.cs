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

    private static ArgumentOutOfRangeException Missing(string name, string role, IEnumerable<string> columns) =>
        new(Parameter, $"The {role} column '{name}' is not in the data, whose columns are {string.Join(", ", columns.Distinct().Select(column => $"'{column}'"))}. Name the column that is meant.");
}
