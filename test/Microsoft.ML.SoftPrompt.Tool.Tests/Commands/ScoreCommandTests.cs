using System.Globalization;
using System.IO.Compression;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class ScoreCommandTests(TrainedModels models)
{
    // Scores are printed in full; the mean of two logits is taken in double precision and then rounded.
    private const float Rounding = 1e-6f;

    private static string[][] Rows(string csv) => csv.TrimEnd('\n').Split('\n').Select(line => line.Split(',')).ToArray();

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private static int Score(Buffers buffers, string model, string output, params string[] data) =>
        Application.Run(["score", "--data", .. data, "--model", model, "--output", output], buffers.Console);

    private string WithNotes(string path, string notes)
    {
        File.Copy(models.Windows, path);
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update);
        zip.GetEntry("softprompt.json")!.Delete();
        using var writer = new StreamWriter(zip.CreateEntry("softprompt.json").Open());
        writer.Write(notes);
        return path;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_reading_comes_back_with_its_score_behind_the_columns_of_the_input(bool points)
    {
        using var buffers = new Buffers();

        Score(buffers, points ? models.Points : models.Windows, buffers.Path("scores.csv"), models.Data).Should().Be(0, buffers.Error);

        string[][] rows = Rows(File.ReadAllText(buffers.Path("scores.csv")));
        rows[0].Should().Equal("timestamp", "value", "is_anomaly", "PredictedLabel", "Score", "Probability");
        rows.Select(row => string.Join(',', row[..3])).Should().Equal(File.ReadAllLines(models.Data));
        rows.Skip(1).Should().OnlyContain(row => Math.Abs(Number(row[5]) - 1 / (1 + Math.Exp(-Number(row[4])))) < Rounding);
        rows.Skip(1).Select(row => row[3]).Should().OnlyContain(label => label == "0" || label == "1");
    }

    [Fact]
    public void A_reading_in_several_windows_gets_their_mean_logit_and_the_last_window_ends_with_the_series()
    {
        using var buffers = new Buffers();
        // Windows of 10, here at stride 10: readings 0 to 9, 10 to 19, and, moved back, 15 to 24.
        string data = buffers.Write("short.csv", SyntheticSeries.Csv(25));

        Application.Run(["score", "--data", data, "--model", models.Windows, "--output", "-", "--stride", "10"], buffers.Console).Should().Be(0, buffers.Error);

        float[] scores = Rows(buffers.Output).Skip(1).Select(row => Number(row[4])).ToArray();
        scores.Should().HaveCount(25);
        scores[..10].Should().AllBeEquivalentTo(scores[0]);
        scores[10..15].Should().AllBeEquivalentTo(scores[10]);
        scores[20..].Should().AllBeEquivalentTo(scores[20]);
        scores[15..20].Should().OnlyContain(score => Math.Abs(score - (scores[10] + scores[20]) / 2) < Rounding);
        scores[10].Should().NotBe(scores[20]);
    }

    [Fact]
    public void No_reading_is_left_out_where_the_stride_exceeds_the_window()
    {
        using var buffers = new Buffers();

        Application.Run(["score", "--data", models.Data, "--model", models.Windows, "--output", "-", "--stride", "35"], buffers.Console).Should().Be(0, buffers.Error);

        Rows(buffers.Output).Skip(1).Should().HaveCount(400).And.OnlyContain(row => float.IsFinite(Number(row[4])));
    }

    [Fact]
    public void A_series_shorter_than_a_window_is_taken_whole_and_files_do_not_mix()
    {
        using var buffers = new Buffers();
        string small = buffers.Write("small.csv", SyntheticSeries.Csv(6));

        Score(buffers, models.Points, "-", small, models.Data).Should().Be(0, buffers.Error);
        string[][] together = Rows(buffers.Output);
        using var alone = new Buffers();
        Score(alone, models.Points, "-", small).Should().Be(0, alone.Error);

        together.Should().HaveCount(1 + 6 + 400);
        together[0][^1].Should().Be("file");
        together.Skip(1).Take(6).Select(row => string.Join(',', row[..^1])).Should().Equal(alone.Output.TrimEnd('\n').Split('\n').Skip(1));
    }

    [Fact]
    public void Standard_input_and_output_make_a_filter()
    {
        using var buffers = new Buffers(SyntheticSeries.Csv(30));

        Score(buffers, models.Windows, "-", "-").Should().Be(0, buffers.Error);

        Rows(buffers.Output).Should().HaveCount(31);
        buffers.Error.Should().Contain("value = value (as trained)");
    }

    [Fact]
    public void What_a_query_gives_is_scored_in_its_order_and_written_as_csv()
    {
        using var buffers = new Buffers();
        string query = $"SELECT timestamp, value AS flow FROM {Path.GetFileNameWithoutExtension(models.Data)} ORDER BY random()";

        Application.Run(["score", "--data", models.Data, "--query", query, "--order", "timestamp", "--model", models.Windows, "--output", "-"], buffers.Console).Should().Be(0, buffers.Error);
        using var plain = new Buffers();
        Score(plain, models.Windows, "-", models.Data).Should().Be(0, plain.Error);

        string[][] rows = Rows(buffers.Output), expected = Rows(plain.Output);
        rows[0].Should().Equal("timestamp", "flow", "PredictedLabel", "Score", "Probability");
        rows.Skip(1).Select(row => row[0]).Should().Equal(expected.Skip(1).Select(row => row[0]));
        rows.Skip(1).Select(row => Number(row[1])).Should().Equal(expected.Skip(1).Select(row => Number(row[1])));
        rows.Skip(1).Select(row => row[3]).Should().Equal(expected.Skip(1).Select(row => row[4]));
        buffers.Error.Should().Contain("read 1 query: 400 readings in 1 series");
    }

    [Fact]
    public void A_model_without_the_tools_notes_needs_window_and_stride_named()
    {
        using var buffers = new Buffers();
        string bare = buffers.Path("bare.zip");
        File.Copy(models.Windows, bare);
        using (ZipArchive zip = ZipFile.Open(bare, ZipArchiveMode.Update))
            zip.GetEntry("softprompt.json")!.Delete();

        Score(buffers, bare, "-", models.Data).Should().Be(1);
        buffers.Error.Should().Contain("Name --window and --stride");

        Application.Run(["score", "--data", models.Data, "--model", bare, "--output", "-", "--window", "10", "--stride", "5"], buffers.Console).Should().Be(0);
        using var noted = new Buffers();
        Score(noted, models.Windows, "-", models.Data);
        buffers.Output.Should().Be(noted.Output);
    }

    [Fact]
    public void A_file_that_is_no_model_is_refused_and_the_output_left_alone()
    {
        using var buffers = new Buffers();
        string output = buffers.Write("scores.csv", "before");
        byte[] whole = File.ReadAllBytes(models.Windows);
        string truncated = buffers.Path("truncated.zip"), foreign = buffers.Path("foreign.zip"), text = buffers.Write("text.zip", "no zip");
        File.WriteAllBytes(truncated, whole[..(whole.Length / 2)]);
        using (ZipArchive zip = ZipFile.Open(foreign, ZipArchiveMode.Create))
            zip.CreateEntry("readme.txt");
        string damaged = WithNotes(buffers.Path("damaged.zip"), "{\"Settings\": 3}"), huge = WithNotes(buffers.Path("huge.zip"), new string(' ', 17 << 20));

        foreach (string model in new[] { truncated, foreign, damaged, huge, text, buffers.Path("none.zip") })
            Score(buffers, model, output, models.Data).Should().Be(1);

        buffers.Error.Should().Contain("truncated.zip' is not a whole zip file").And.Contain("text.zip' is not a whole zip file")
            .And.Contain("foreign.zip' is a zip file, but not of a model").And.Contain("softprompt.json of '" + damaged + "' is damaged")
            .And.Contain("softprompt.json of '" + huge + "' is larger than 16777216 bytes").And.Contain("There is no model").And.NotContain("   at ");
        File.ReadAllText(output).Should().Be("before");
    }
}
