using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

public sealed class SqlQueryTests
{
    private const string Readings = """
        CREATE TABLE readings (host TEXT, time TEXT, value REAL, bad INTEGER);
        INSERT INTO readings VALUES ('b', '2020-01-03', 30, 1), ('a', '2020-01-02', 2.5, 0), ('a', '2020-01-01', 1, 0), ('b', '2020-01-01', NULL, 0), ('b', '2020-01-02', 20, 0);
        """;

    private static string Database(Buffers buffers, string sql = Readings)
    {
        string path = buffers.Path("plant.db");
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return path;
    }

    private static SeriesData Query(Buffers buffers, string database, string query, string order = "time", NamedColumns? named = null) =>
        SeriesReader.Read(new SeriesSource([], (named ?? new NamedColumns()) with { Order = order }, Query: query, Database: database), buffers.Console);

    private static SeriesData Query(Buffers buffers, string[] data, string query, string order = "time") =>
        SeriesReader.Read(new SeriesSource(data, new NamedColumns(Order: order), Query: query), buffers.Console);

    private static string[] Rows(SeriesData data) => data.Tables[0].Rows.Select(row => string.Join('|', row.Cells)).ToArray();

    [Fact]
    public void A_query_without_an_order_of_its_own_is_sorted_within_its_series()
    {
        using var buffers = new Buffers();

        SeriesData data = Query(buffers, Database(buffers), "SELECT * FROM readings", named: new NamedColumns(Group: "host"));

        data.Columns.Should().Be(new SeriesColumns("value", "time", null, "host"));
        data.Series.Single(series => series.Name == "a").Readings.Select(reading => reading.Value).Should().Equal(1f, 2.5f);
        data.Series.Single(series => series.Name == "b").Readings.Select(reading => reading.Value).Should().Equal(float.NaN, 20f, 30f);
        Rows(data).Should().Equal("a|2020-01-01|1|0", "b|2020-01-01||0", "a|2020-01-02|2.5|0", "b|2020-01-02|20|0", "b|2020-01-03|30|1");
        buffers.Error.Should().Contain("group = host").And.NotContain("warning");
    }

    [Theory]
    [InlineData("CREATE VIRTUAL TABLE t USING fts5(time, value); INSERT INTO t VALUES ('2020-01-01', '3')", "SELECT time, value FROM t WHERE t MATCH '3'")]
    [InlineData("CREATE VIRTUAL TABLE t USING rtree(id, low, high); INSERT INTO t VALUES (1, 3, 4)", "SELECT id AS time, low AS value FROM t")]
    [InlineData("CREATE TABLE j (time, doc); INSERT INTO j VALUES (1, '{\"v\": 3}'); CREATE VIEW t AS SELECT time, doc ->> 'v' AS value FROM j", "SELECT * FROM t")]
    public void Views_and_virtual_tables_are_read(string sql, string query)
    {
        using var buffers = new Buffers();

        Query(buffers, Database(buffers, sql), query).Series[0].Readings.Select(reading => reading.Value).Should().Equal(3f);
    }

    [Fact]
    public void A_database_is_only_read()
    {
        using var buffers = new Buffers();
        string path = Database(buffers);
        byte[] before = File.ReadAllBytes(path);
        DateTime written = File.GetLastWriteTimeUtc(path);

        Query(buffers, path, "WITH b AS (SELECT * FROM readings WHERE host = 'b') SELECT time, value * 2 AS value FROM b; -- all of b").Count.Should().Be(3);
        foreach (string harm in new[] { "DELETE FROM readings", "DELETE FROM readings RETURNING value", "SELECT 1 AS time; DROP TABLE readings", "PRAGMA user_version = 5" })
            FluentActions.Invoking(() => Query(buffers, path, harm)).Should().Throw<ToolException>();

        File.ReadAllBytes(path).Should().Equal(before);
        File.GetLastWriteTimeUtc(path).Should().Be(written);
        Directory.GetFileSystemEntries(buffers.Folder).Should().Equal(path);
    }

    [Fact]
    public void A_database_that_keeps_a_write_ahead_log_is_read_with_what_the_log_holds_and_left_alone()
    {
        using var buffers = new Buffers();
        string path = buffers.Path("plant.db");
        using var writer = new SqliteConnection($"Data Source={path};Pooling=False");
        writer.Open();
        using SqliteCommand command = writer.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; " + Readings;
        command.ExecuteNonQuery();
        byte[] before = File.ReadAllBytes(path), log = File.ReadAllBytes(path + "-wal");

        Query(buffers, path, "SELECT time, value FROM readings WHERE host = 'b'").Count.Should().Be(3);

        File.ReadAllBytes(path).Should().Equal(before);
        File.ReadAllBytes(path + "-wal").Should().Equal(log);
    }

    [Theory]
    [InlineData("SELECT time FROM readings; DROP TABLE readings", "*one SELECT statement*after the first statement there is more: DROP TABLE readings")]
    [InlineData("SELECT time FROM readings;; SELECT 1", "*after the first statement there is more: ; SELECT 1")]
    [InlineData("SELECT time FROM readings; nonsense", "*after the first statement there is more: nonsense")]
    [InlineData("INSERT INTO readings VALUES ('c', 1, 1, 1)", "*one SELECT statement (or WITH … SELECT), which only reads; this one does something else: INSERT INTO*")]
    [InlineData("WITH a AS (SELECT 1) DELETE FROM readings", "*does something else*")]
    [InlineData("CREATE TEMP TABLE t AS SELECT 1", "*does something else*")]
    [InlineData("ATTACH 'other.db' AS other", "*does something else*")]
    [InlineData("VACUUM INTO 'other.db'", "*does something else*")]
    [InlineData("PRAGMA table_info(readings)", "*does something else*")]
    [InlineData("PRAGMA data_version = 3; DELETE FROM readings", "*after the first statement there is more*")]
    [InlineData("BEGIN", "*does something else*")]
    [InlineData("SAVEPOINT a", "*does something else*")]
    [InlineData("DROP TABLE IF EXISTS nowhere", "*does something else*")]
    [InlineData("ANALYZE", "*does something else*")]
    [InlineData("EXPLAIN SELECT * FROM readings", "*does something else*")]
    [InlineData("-- nothing", "*it is empty.")]
    [InlineData("", "*it is empty.")]
    [InlineData("SELECT load_extension('x')", "The query failed: *not authorized*")]
    [InlineData("SELECT time, value FROM reading", "The query failed: *no such table: reading*Its tables are: readings.")]
    [InlineData("SELECT time, \"valeu\" FROM readings", "The query failed: *no such column*valeu*")]
    [InlineData("SELEC 1", "The query failed: *syntax error*")]
    [InlineData("SELECT time, value, value FROM readings", "The query gives more than one column 'value'*AS.")]
    [InlineData("SELECT time, value FROM readings WHERE 0", "The query gives no rows.")]
    [InlineData("SELECT time, x'00' AS value FROM readings", "query, row 1, column 'value': found a blob*")]
    [InlineData("SELECT time, abs(-9223372036854775808) AS value FROM readings", "The query failed: *integer overflow*")]
    [InlineData("SELECT time, 'high' AS value FROM readings WHERE host = 'a'", "query, row 2, column 'value': found 'high' where a number was expected*")]
    [InlineData("SELECT time, 9e999 AS value FROM readings WHERE host = 'a'", "query, row 2, column 'value': found 'Infinity', which is infinite*")]
    [InlineData("SELECT time, value FROM readings", "query, row 4, column 'time': found '2020-01-01', as in row 3: --order*")]
    public void Refuses_what_is_not_one_select_of_readings(string query, string message)
    {
        using var buffers = new Buffers();
        string path = Database(buffers);

        FluentActions.Invoking(() => Query(buffers, path, query)).Should().Throw<ToolException>().WithMessage(message);

        Directory.GetFileSystemEntries(buffers.Folder).Should().Equal(path);
    }

    [Fact]
    public void A_file_that_is_no_database_or_missing_is_refused_and_none_is_created()
    {
        using var buffers = new Buffers();
        string text = buffers.Write("text.db", "no database, but long enough to have had a header of a hundred bytes, which is what SQLite looks at first of all.");

        FluentActions.Invoking(() => Query(buffers, text, "SELECT 1 AS time")).Should().Throw<ToolException>().WithMessage("'*text.db' cannot be read as a SQLite database: *not a database*");
        FluentActions.Invoking(() => Query(buffers, buffers.Path("none.db"), "SELECT 1 AS time")).Should().Throw<ToolException>().WithMessage("There is no file '*none.db' (--database).");

        Directory.GetFileSystemEntries(buffers.Folder).Should().Equal(text);
    }

    [Fact]
    public void Files_are_tables_whose_numbers_compare_as_numbers()
    {
        using var buffers = new Buffers("host,zone\na,north\nb,south\n");
        string readings = buffers.Write("plant 1.csv", "time;host;value;note\n9;a;1.50;x\n10;a;100;\n 11 ;b;20;5%\n12;a;nan;\n13;a;;\n");

        SeriesData data = Query(buffers, [readings, "-"], "SELECT p.time, p.value, note, zone FROM \"plant 1\" AS p JOIN stdin USING (host) WHERE p.value < 30 OR p.value IS NULL ORDER BY p.time DESC");

        Rows(data).Should().Equal("9|1.5|x|north", "11|20|5%|south", "12|||north", "13|||north");
        data.Tables[0].Rows.Select(row => row.Number).Should().Equal(4, 3, 2, 1);
        buffers.Error.Should().Contain("group = the query");
    }

    [Fact]
    public void Numbers_pass_through_a_table_without_loss()
    {
        using var buffers = new Buffers();
        string[] numbers = ["9007199254740993", "-9223372036854775808", "0.30000000000000004", "5E-324", "1.7976931348623157E+308", "12345678901234567"];
        string csv = buffers.Write("a.csv", "n,number\n" + string.Concat(numbers.Select((number, i) => $"{i},{number}\n")));

        Rows(Query(buffers, [csv], "SELECT n, number, 1 AS value FROM a", "n")).Select(row => row.Split('|')[1]).Should().Equal(numbers);
    }

    [Fact]
    public void Infinity_in_a_file_stays_infinite()
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => Query(buffers, [buffers.Write("a.csv", "time,value\n1,2\n2,-inf\n")], "SELECT 1 AS time, avg(value) AS value FROM a"))
            .Should().Throw<ToolException>().WithMessage("*found '-Infinity', which is infinite*");
    }

    [Fact]
    public void Json_is_a_table_too_and_a_query_over_one_file_goes_with_that_files_labels()
    {
        using var buffers = new Buffers();
        string json = buffers.Write("cpu.jsonl", "{\"time\": \"2014-04-10 07:15:00\", \"value\": 2}\n{\"time\": \"2014-04-10 07:10:00\", \"value\": 1}\n");
        string labels = buffers.Write("labels.json", """{"aws/cpu.csv": ["2014-04-10 07:15:00"]}""");
        SeriesSource source = new([json], new NamedColumns(Order: "time"), labels, Query: "SELECT time, value FROM cpu");

        SeriesReader.Read(source, buffers.Console).Series[0].Readings.Select(reading => reading.IsAnomaly).Should().Equal(false, true);
        FluentActions.Invoking(() => SeriesReader.Read(source with { Data = [json, buffers.Write("b.csv", "x\n1\n")] }, buffers.Console))
            .Should().Throw<ToolException>().WithMessage("Labels of '*labels.json' are found by the data file's name, and query has none. Give one file to --data.");
    }

    [Fact]
    public void The_example_of_the_docs_reads_the_sample()
    {
        using var buffers = new Buffers();
        const string Query = "SELECT timestamp, value - lag(value) OVER (ORDER BY unixepoch(timestamp)) AS change, is_anomaly FROM \"water-flow\"";
        string root = Path.Join(Path.GetDirectoryName(ThisFile()), "..", "..", "..");

        SeriesData data = SqlQueryTests.Query(buffers, [Path.Join(root, "samples", "water-flow.csv")], Query, "timestamp");

        File.ReadAllText(Path.Join(root, "docs", "tool-input.md")).Should().Contain($"softprompt train --data samples/water-flow.csv --query '{Query}' --order timestamp --points ");
        data.Columns.Should().Be(new SeriesColumns("change", "timestamp", "is_anomaly"));
        // The sample begins with 100.59, 100.89, 100.88.
        data.Series[0].Readings.Take(3).Select(reading => MathF.Round(reading.Value, 2)).Should().Equal(float.NaN, 0.3f, -0.01f);
        data.Count.Should().Be(1268);
        data.AnomalyCount.Should().Be(49);
        buffers.Error.Should().NotContain("warning");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [Fact]
    public void Files_that_would_be_one_table_and_columns_that_differ_in_case_are_refused()
    {
        using var buffers = new Buffers();
        string first = buffers.Write("a/x.csv", "value\n1\n"), second = buffers.Write("b/X.json", "[{\"value\": 1}]"), cased = buffers.Write("c.csv", "Value,value\n1,2\n");

        FluentActions.Invoking(() => Query(buffers, [first, second], "SELECT 1 AS time")).Should().Throw<ToolException>().WithMessage($"{first} and {second} would be the same table 'x' of the query*");
        FluentActions.Invoking(() => Query(buffers, [cased], "SELECT 1 AS time")).Should().Throw<ToolException>().WithMessage($"{cased} cannot be made a table for --query: *duplicate column name: value*");
    }

    [Fact]
    public void The_column_of_the_order_is_not_taken_for_the_value()
    {
        using var buffers = new Buffers();

        Query(buffers, [buffers.Write("a.csv", ",seconds,flow\n0,20,2.5\n1,10,1\n")], "SELECT * FROM a", "seconds").Columns.Should().Be(new SeriesColumns("flow"));
    }

    [Fact]
    public void A_long_query_is_cancelled()
    {
        using var buffers = new Buffers();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        SeriesSource source = new([], new NamedColumns(Order: "n"), Database: Database(buffers),
            Query: "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS n FROM r");

        FluentActions.Invoking(() => SeriesReader.Read(source, buffers.Console, cancellation.Token)).Should().Throw<OperationCanceledException>();
    }
}
