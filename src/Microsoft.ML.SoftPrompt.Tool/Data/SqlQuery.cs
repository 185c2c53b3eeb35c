using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Runs `--query` and makes a table of its result, with the rows as the query gives them.</summary>
internal static class SqlQuery
{
    public static InputTable Read(string query, SeriesSource source, ToolConsole console, CancellationToken cancellation)
    {
        IReadOnlyList<InputFile> files = InputFiles.Resolve(source.Data);
        using var connection = new SqliteConnection();
        if (source.Database is { } path)
            SqlDatabase.Open(connection, path);
        else
            SqlDatabase.Load(connection, files, console, cancellation);
        using CancellationTokenRegistration interrupt = cancellation.Register(() => raw.sqlite3_interrupt(connection.Handle));
        cancellation.ThrowIfCancellationRequested();
        try
        {
            CheckSingleSelect(connection, query);
            (string[] columns, IReadOnlyList<InputRow> rows) = Run(connection, query);
            return new InputTable("query", files.Count == 1 ? files[0] : null, columns, rows) { Noun = "query", RowNoun = "row" };
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(fault.Message, fault, cancellation);
        }
        catch (SqliteException fault)
        {
            throw new ToolException($"The query failed: {fault.Message} Its tables are: {string.Join(", ", SqlDatabase.TableNames(connection))}.", fault);
        }
    }

    private static void CheckSingleSelect(SqliteConnection connection, string query)
    {
        const string Expected = "--query has to be one SELECT statement (or WITH … SELECT), which only reads";
        ToolException SomethingElse() => new($"{Expected}; this one does something else: {query}");
        int code = raw.sqlite3_prepare_v2(connection.Handle!, query, out sqlite3_stmt statement, out string rest);
        using (statement)
        {
            if (code == raw.SQLITE_AUTH)
                throw SomethingElse();
            SqliteException.ThrowExceptionForRC(code, connection.Handle);
            if (statement.IsInvalid)
                throw new ToolException($"{Expected}; it is empty.");
            if (raw.sqlite3_stmt_readonly(statement) == 0 || raw.sqlite3_stmt_isexplain(statement) != 0 || raw.sqlite3_column_count(statement) == 0)
                throw SomethingElse();
        }
        code = raw.sqlite3_prepare_v2(connection.Handle!, rest, out sqlite3_stmt second);
        using (second)
        {
            // A comment or a semicolon at the end compiles to nothing.
            if (code != raw.SQLITE_OK || !second.IsInvalid)
                throw new ToolException($"{Expected}; after the first statement there is more: {rest.Trim()}");
        }
    }

    private static (string[] Columns, IReadOnlyList<InputRow> Rows) Run(SqliteConnection connection, string query)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = query;
        using SqliteDataReader reader = command.ExecuteReader();
        string[] columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        string? twice = columns.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
            throw new ToolException($"The query gives more than one column '{twice}'. Give every column a name of its own with AS.");
        var rows = new List<InputRow>();
        while (reader.Read())
        {
            int number = rows.Count + 1;
            rows.Add(new InputRow(number, columns.Select((name, i) => Text(reader.GetValue(i), name, number)).ToArray()));
        }
        return rows.Count > 0 ? (columns, rows) : throw new ToolException("The query gives no rows.");
    }

    private static string Text(object value, string column, int row) => value switch
    {
        DBNull => "",
        byte[] => throw new ToolException($"query, row {row}, column '{column}': found a blob where a number or a text was expected. Leave the column out, or convert it in the query."),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
