using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.ML.SoftPrompt.Fuzzing;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Sets;
using Microsoft.ML.SoftPrompt.Tool.Data;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Data;

/// <summary>Readings, labels and options damaged at random: each is read or refused with its name.</summary>
public sealed class DamagedInputTests : IDisposable
{
    private const string Csv = "timestamp,value,is_anomaly,host\n2014-04-10 07:10:00,1.5,0,a\n2014-04-10 07:15:00,,1,a\n2014-04-10 07:10:00,\"3\",0,b\n2014-04-10 07:20:00,-4e3,0,a\n2014-04-10 07:25:00,nan,0,b\n";

    private const string Json = """
        [{"time": "2014-04-10 07:15:00", "value": 1.5, "label": false, "host": "a"}, {"time": "2014-04-10 07:20:00", "value": null, "label": true, "host": "b"}, {"time": "2014-04-10 07:25:00", "value": "3", "host": "a"}]
        """;

    private const string Labels = """{"aws/cpu.csv": [["2014-04-10 07:15:00.000000", "2014-04-10 07:20:00.000000"]], "aws/disk.csv": ["2014-04-10 07:15:00"], "aws/net.csv": []}""";

    private static readonly string[] s_columns = ["timestamp", "value", "is_anomaly", "host"];

    private readonly string _folder = FuzzedReader.MakeFolder();
    private readonly ToolConsole _console;
    private byte[] _input = [];

    public DamagedInputTests() => _console = new ToolConsole(() => new MemoryStream(_input), TextWriter.Null, TextWriter.Null, outputIsTerminal: false, errorIsTerminal: false);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Kinds => ["CSV", "JSON", "JSON lines", "label file", "SQLite", "options"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Two_thousand_damaged_inputs_are_read_or_refused_by_name(string kind) => Run(kind, FuzzedReader.OrdinaryCount, seed: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_inputs_are_read_or_refused_by_name(string kind) => Run(kind, FuzzedReader.LongCount, seed: 2);

    [Fact]
    public void Any_table_is_read_or_refused_by_name() => OfStandardInput("CSV", CsvTableReader.Read).Run(FuzzedReader.OrdinaryCount, DamagedTable.Any(s_columns));

    [Fact]
    public void Any_JSON_is_read_or_refused_by_name()
    {
        OfStandardInput("JSON", JsonTableReader.Read).Run(FuzzedReader.OrdinaryCount, DamagedJson.Any(s_columns));
        OfLabels().Run(FuzzedReader.OrdinaryCount, DamagedJson.Any("aws/cpu.csv"));
    }

    private void Run(string kind, int count, int seed)
    {
        byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
        (FuzzedReader reader, Func<Random, byte[]> make) = kind switch
        {
            "CSV" => (OfStandardInput(kind, CsvTableReader.Read), random => DamagedTable.Change(Utf8(Csv), random)),
            "JSON" => (OfStandardInput(kind, JsonTableReader.Read), random => DamagedJson.Change(Utf8(Json), random)),
            "JSON lines" => (OfStandardInput(kind, JsonTableReader.ReadLines), random => Lines(random)),
            "label file" => (OfLabels(), random => DamagedJson.Change(Utf8(Labels), random)),
            "SQLite" => (OfFile("readings.db", path => SqlQuery.Read("SELECT * FROM readings", new SeriesSource([], new NamedColumns(), Database: path), _console, default)), Database()),
            _ => (new FuzzedReader(kind, bytes => Options(Encoding.UTF8.GetString(bytes)), typeof(FormatException)), (Func<Random, byte[]>)(random => Damage.Change("60/20.5/19.5"u8.ToArray(), random))),
        };
        reader.Run(count, seed, make);
    }

    /// <summary>A table reader, and all that is made of the table: series with labels.</summary>
    private FuzzedReader OfStandardInput(string kind, Func<InputFile, ToolConsole, InputTable> read) => new(
        kind,
        bytes =>
        {
            _input = bytes;
            InputTable table = read(new InputFile((string?)null), _console);
            SeriesColumns columns = ColumnGuess.Resolve(table, new NamedColumns());
            if (columns.Time is { } time && columns.Group is { } group)
                RowOrder.Sort(table, time, group);
            if (kind == "CSV")
                SeriesReader.Read(new SeriesSource(["-"], new NamedColumns()), _console);
        },
        typeof(ToolException))
    { Names = ["standard input"] };

    private static FuzzedReader OfLabels() => new("label file", bytes => NabLabelFile.Read("labels.json", _ => new MemoryStream(bytes)), typeof(ToolException)) { Names = ["labels.json"] };

    private FuzzedReader OfFile(string name, Action<string> read)
    {
        string path = Path.Combine(_folder, name);
        return new FuzzedReader(
            name,
            bytes =>
            {
                File.WriteAllBytes(path, bytes);
                read(path);
            },
            typeof(ToolException))
        { Names = [name, "query"] };
    }

    private static byte[] Lines(Random random)
    {
        string[] lines = ["""{"time": "2014-04-10 07:15:00", "value": 1.5}""", """{"time": "2014-04-10 07:20:00", "value": 2}""", """{"value": 3, "host": "b"}"""];
        int line = random.Next(lines.Length);
        return [.. Encoding.UTF8.GetBytes(string.Join('\n', lines[..line])), (byte)'\n', .. DamagedJson.Change(Encoding.UTF8.GetBytes(lines[line]), random), (byte)'\n', .. Encoding.UTF8.GetBytes(string.Join('\n', lines[line..]))];
    }

    private Func<Random, byte[]> Database()
    {
        string path = Path.Combine(_folder, "sound.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA page_size = 512; CREATE TABLE readings (time TEXT, value REAL, host TEXT); INSERT INTO readings VALUES ('2014-04-10 07:15:00', 1.5, 'a'), ('2014-04-10 07:20:00', NULL, 'b'), ('x', 1e300, 'c')";
            command.ExecuteNonQuery();
        }
        byte[] sound = File.ReadAllBytes(path);
        return random => Damage.Change(sound, random);
    }

    private static void Options(string text)
    {
        SeriesSplit.Parse(text);
        PartLimits.Parse(text);
    }
}
