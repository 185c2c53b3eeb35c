using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Microsoft.ML.SoftPrompt.Tool.Data;

/// <summary>Opens what a query is run on: a SQLite file, or a database in memory with a table for each data file. The query can change neither.</summary>
internal static class SqlDatabase
{
    // Standard input has no file name.
    private const string StandardInputTable = "stdin";

    public static void Open(SqliteConnection connection, string path)
    {
        if (!File.Exists(path))
            throw new ToolException($"There is no file '{path}' (--database).");
        connection.ConnectionString = new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(path), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();
        try
        {
            connection.Open();
            // Only the first reading shows whether the file is a database.
            TableNames(connection);
            Guard(connection);
        }
        catch (SqliteException fault)
        {
            throw new ToolException($"'{path}' cannot be read as a SQLite database: {fault.Message}", fault);
        }
    }

    public static void Load(SqliteConnection connection, IReadOnlyList<InputFile> files, ToolConsole console, CancellationToken cancellation)
    {
        foreach (IGrouping<string, InputFile> same in files.GroupBy(TableName, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            throw new ToolException($"{string.Join(" and ", same.Select(file => file.DisplayName))} would be the same table '{same.Key}' of the query. Rename a file.");
        connection.ConnectionString = "Data Source=:memory:";
        connection.Open();
        foreach (InputFile file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            InputTable table = TableReader.Read(file, console);
            try
            {
                Insert(connection, TableName(file), table);
            }
            catch (SqliteException fault)
            {
                throw new ToolException($"{table.Name} cannot be made a table for --query: {fault.Message}", fault);
            }
        }
        Guard(connection);
    }

    public static IReadOnlyList<string> TableNames(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name";
        using SqliteDataReader reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
            names.Add(reader.GetString(0));
        return names;
    }

    private static string TableName(InputFile file) => file.Path is null ? StandardInputTable : Path.GetFileNameWithoutExtension(file.Path);

    private static void Insert(SqliteConnection connection, string name, InputTable table)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        using SqliteCommand command = connection.CreateCommand();
        // NUMERIC: a comparison with '100' is one with the number, too.
        command.CommandText = $"CREATE TABLE {Quote(name)} ({string.Join(", ", table.Columns.Select(column => $"{Quote(column)} NUMERIC"))})";
        command.ExecuteNonQuery();
        command.CommandText = $"INSERT INTO {Quote(name)} VALUES ({string.Join(", ", table.Columns.Select((_, i) => $"$c{i}"))})";
        SqliteParameter[] cells = table.Columns.Select((_, i) => command.Parameters.Add(new SqliteParameter { ParameterName = $"$c{i}" })).ToArray();
        foreach (InputRow row in table.Rows)
        {
            for (int i = 0; i < cells.Length; i++)
                cells[i].Value = Stored(row.Cells[i]);
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private static object Stored(string cell)
    {
        if (Cell.IsMissing(cell))
            return DBNull.Value;
        // Not left to SQLite, which may miss the last digit and has no text for infinity.
        if (long.TryParse(cell, NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole))
            return whole;
        if (double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return number;
        return Cell.TryNumber(cell, out float infinity) ? (double)infinity : cell;
    }

    private static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void Guard(SqliteConnection connection)
    {
        // What SQLite counts as reading although it does more; full-text tables ask for the version themselves.
        strdelegate_authorizer authorizer = static (_, action, name, _, _, _) => action switch
        {
            raw.SQLITE_PRAGMA when name == "data_version" => raw.SQLITE_OK,
            raw.SQLITE_PRAGMA or raw.SQLITE_ATTACH or raw.SQLITE_DETACH or raw.SQLITE_TRANSACTION or raw.SQLITE_SAVEPOINT => raw.SQLITE_DENY,
            _ => raw.SQLITE_OK,
        };
        raw.sqlite3_set_authorizer(connection.Handle!, authorizer, null);
        // A view or an index of a foreign file may call nothing but what is harmless.
        raw.sqlite3_db_config(connection.Handle!, raw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, out _);
        // Without this a misspelt "column" is taken for a text.
        raw.sqlite3_db_config(connection.Handle!, raw.SQLITE_DBCONFIG_DQS_DML, 0, out _);
    }
}
