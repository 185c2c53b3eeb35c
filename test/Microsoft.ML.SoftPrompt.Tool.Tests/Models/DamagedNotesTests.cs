using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Fuzzing;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;
using Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Models;

/// <summary>The tool's own files damaged at random: each is read or refused.</summary>
[Collection(CommandTests.Name)]
public sealed class DamagedNotesTests(TrainedModels models) : IDisposable
{
    private static readonly byte[] s_notes = new ModelNotes(
        new TrainingSettings { Window = 24, Stride = 4 }, new SeriesColumns("flow", "timestamp"),
        new ControlNotes(new Spread(1.5, 2.25), new Dictionary<string, Spread> { ["a.csv"] = new(3, 4), ["b.csv"] = new(5, 6) }, false, 3, 0.1, true)).ToJson();

    private readonly string _folder = FuzzedReader.MakeFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Kinds => ["notes", "cell", "answers"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Two_thousand_damaged_files_are_read_or_refused(string kind) => Run(kind, FuzzedReader.OrdinaryCount, seed: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Category", "Long")]
    public void A_hundred_thousand_damaged_files_are_read_or_refused(string kind) => Run(kind, FuzzedReader.LongCount, seed: 2);

    [Fact]
    public void Any_notes_and_any_cell_are_read_or_refused()
    {
        Reader("notes").Run(FuzzedReader.OrdinaryCount, DamagedJson.Any("Settings", "Window", "Columns", "Controls", "Whole", "Groups", "Mean"));
        Reader("cell").Run(FuzzedReader.OrdinaryCount, DamagedJson.Any("set", "settings", "scores", "labels", "runs", "test"));
    }

    [Fact]
    public void Five_hundred_damaged_zips_are_loaded_or_refused_by_name()
    {
        string path = Path.Combine(_folder, "damaged.zip");
        byte[] sound = File.ReadAllBytes(models.Windows);
        var ml = new MLContext();
        // ML.NET's own part of the file, too, and the zip itself: whatever it throws, the tool says which model cannot be loaded.
        new FuzzedReader("model", bytes =>
        {
            File.WriteAllBytes(path, bytes);
            ModelFile.Load(ml, path);
        }, typeof(ToolException)) { Names = ["damaged.zip"], FixedBytes = 1L << 30 }.Run(500, seed: 1, random => Damage.Change(sound, random));
    }

    [Theory]
    [InlineData("\"Groups\": {", "\"Groups\": { \"c\": null,", "scale null")]
    [InlineData("\"Deviation\": 2.25", "\"Deviation\": 1e999", "both finite")]
    [InlineData("\"Deviation\": 2.25", "\"Deviation\": -1", "at least 0")]
    [InlineData("\"ZScoreThreshold\": 3", "\"ZScoreThreshold\": 1e999", "finite numbers")]
    [InlineData("\"Split\": \"80/20/0\"", "\"Split\": \"half\"", "'half' is no split")]
    [InlineData("\"Scale\": \"Group\"", "\"Scale\": 7", "The scale 7")]
    [InlineData("\"a.csv\": {", "\"b.csv\": {", "Duplicate")]
    public void Notes_that_lie_are_refused(string old, string changed, string named)
    {
        string json = Encoding.UTF8.GetString(s_notes);
        json.Should().Contain(old);
        FluentActions.Invoking(() => ModelNotes.FromJson(Encoding.UTF8.GetBytes(json.Replace(old, changed, StringComparison.Ordinal)))).Should().Throw<JsonException>().WithMessage($"*{named}*");
    }

    [Theory]
    [InlineData("\"runs\":[", "\"runs\":[null,", "a null in a list")]
    [InlineData("{\"source\":\"a\",\"count\":2}", "{\"source\":\"a\",\"count\":-1},{\"source\":\"c\",\"count\":3}", "the source a has -1 scores")]
    [InlineData("\"labels\":\"1010\"", "\"labels\":\"1x10\"", "digits 0 and 1")]
    [InlineData("\"scores\":[0.9", "\"scores\":[1e999", "not finite")]
    [InlineData("\"seed\":1", "\"seed\":1,\"seed\":2", "seed")]
    public void A_cell_that_lies_is_refused(string old, string changed, string named)
    {
        string line = Cells.Make().ToLine();
        line.Should().Contain(old);
        FluentActions.Invoking(() => BenchmarkCell.Parse(line.Replace(old, changed, StringComparison.Ordinal))).Should().Throw<JsonException>().WithMessage($"*{named}*");
    }

    [Fact]
    public void A_window_of_a_model_longer_than_any_series_takes_no_memory()
    {
        string path = Path.Combine(_folder, "long.zip");
        File.Copy(models.Windows, path);
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            string json;
            using (var reader = new StreamReader(zip.GetEntry(ModelNotes.EntryName)!.Open()))
                json = reader.ReadToEnd();
            zip.GetEntry(ModelNotes.EntryName)!.Delete();
            using var writer = new StreamWriter(zip.CreateEntry(ModelNotes.EntryName).Open());
            json.Should().Contain("\"Window\": 10");
            writer.Write(json.Replace("\"Window\": 10", "\"Window\": 2147483647", StringComparison.Ordinal));
        }
        using var console = new Buffers();

        Application.Run(["score", "--model", path, "--data", models.Data], console.Console);

        console.Error.Should().NotContain("memory").And.NotContain("unexpected");
    }

    private void Run(string kind, int count, int seed)
    {
        byte[] sound = Sound(kind);
        Reader(kind).Run(count, seed, random => DamagedJson.Change(sound, random));
    }

    private static byte[] Sound(string kind) => kind switch
    {
        "notes" => s_notes,
        "cell" => Encoding.UTF8.GetBytes(Cells.Make().ToLine()),
        _ => JsonSerializer.SerializeToUtf8Bytes(new { Key = "a", Answer = new ChatAnswer("{\"probability\": 0.25}", Refused: false, 100, 7) }),
    };

    private FuzzedReader Reader(string kind)
    {
        if (kind == "notes")
            return new FuzzedReader(kind, bytes => ModelNotes.FromJson(bytes), typeof(JsonException));
        if (kind == "cell")
            return new FuzzedReader(kind, bytes => BenchmarkCell.Parse(Encoding.UTF8.GetString(bytes)), typeof(JsonException));
        string path = Path.Combine(_folder, "answers.jsonl");
        byte[] sound = Sound(kind);
        return new FuzzedReader(kind, bytes =>
        {
            File.WriteAllBytes(path, [.. sound, (byte)'\n', .. bytes]);
            using var cache = new AnswerCache(path);
            if (cache.Find("a") is null)
                throw new InvalidOperationException("An answer that was paid for is lost.");
        }, typeof(ToolException)) { Names = ["answers.jsonl"] };
    }
}
