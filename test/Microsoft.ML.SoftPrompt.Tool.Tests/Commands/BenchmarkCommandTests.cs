using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Results;
using Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks;
using Microsoft.ML.SoftPrompt.Tool.Tests.ZeroShot;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class BenchmarkCommandTests : IDisposable
{
    private readonly Buffers _buffers = new();
    private readonly string _data;

    public BenchmarkCommandTests() => _data = SmallData.Write(_buffers);

    private string Results => _buffers.Path("cells.jsonl");

    public void Dispose() => _buffers.Dispose();

    // The small model has 64 positions.
    private int Run(string benchmark, params string[] options) =>
        Application.Run(["benchmark", benchmark, "--data", _data, "--results", Results, "--backbone", TinyBackbone.Folder, "--epochs", "1", "--no-transfer", "--set", "TruncateLongSeries=true", .. options], _buffers.Console);

    private IReadOnlyList<BenchmarkCell> Read() => ResultsFile.Read(Results, _buffers.Console);

    [Fact]
    public void Cells_are_kept_and_not_done_again()
    {
        string[] options = ["--methods", "spear,spear-none,z-score", "--seeds", "1-2", "--prompt-lengths", "10", "--bins", "50", "--tasks", "windows"];

        Run("nab", options).Should().Be(0, _buffers.Error);

        // Two seeds of z-score, no prompt, the default, another length, other bins.
        IReadOnlyList<BenchmarkCell> cells = Read();
        cells.Should().HaveCount(2 * 5);
        cells.Select(cell => cell.Key).Should().OnlyHaveUniqueItems();
        cells.Should().OnlyContain(cell => cell.Scores.Length == cell.Labels.Length && cell.Test.TruePositives + cell.Test.FalseNegatives == cell.Labels.Count(label => label == '1'));
        cells.Where(cell => cell.Method == "spear").Should().OnlyContain(cell => cell.Epoch == 1 && cell.History!.Count == 1 && cell.TrainedBytes > 0 && cell.Synthetic > 0);
        cells.Where(cell => cell.Method == "z-score").Should().OnlyContain(cell => cell.Epoch == null && cell.Synthetic == 0);
        _buffers.Output.Should().Contain("10 cells, 0 of them").And.Contain("| SPEAR").And.Contain("| z-score |").And.Contain("about");

        Run("nab", options).Should().Be(0, _buffers.Error);
        Read().Should().HaveCount(10);
        _buffers.Output.Should().Contain("10 cells, 10 of them");
    }

    [Fact]
    public void The_same_command_gives_the_same_scores()
    {
        string[] options = ["--methods", "spear", "--seeds", "1", "--prompt-lengths", "20", "--bins", "100", "--tasks", "windows"];
        Run("nab", options).Should().Be(0, _buffers.Error);
        double[] first = Read().Single().Scores;
        File.Delete(Results);

        Run("nab", options).Should().Be(0, _buffers.Error);

        Read().Single().Scores.Should().Equal(first);
    }

    [Fact]
    public void Shards_do_all_of_it_between_them_and_nothing_twice()
    {
        string[] options = ["--methods", "z-score,jump,length", "--seeds", "1-3"];
        Run("nab", [.. options, "--shard", "1/2"]).Should().Be(0, _buffers.Error);
        int half = Read().Count;
        Run("nab", [.. options, "--shard", "2/2"]).Should().Be(0, _buffers.Error);

        half.Should().Be(9);
        Read().Select(cell => cell.Key).Should().HaveCount(18).And.OnlyHaveUniqueItems();
        Run("nab", options).Should().Be(0, _buffers.Error);
        Read().Should().HaveCount(18);
    }

    [Fact]
    public void A_cell_of_other_data_does_not_count_as_done_and_is_told_of()
    {
        string[] options = ["--methods", "z-score", "--seeds", "1", "--tasks", "windows"];
        Run("nab", options).Should().Be(0, _buffers.Error);
        string file = Path.Combine(_data, "nab", "realAWSCloudwatch", "a.csv");
        File.WriteAllText(file, File.ReadAllText(file).Replace(",17\n", ",18\n", StringComparison.Ordinal));

        Run("nab", options).Should().Be(0, _buffers.Error);

        Read().Select(cell => cell.DataHash).Distinct().Should().HaveCount(2);
        _buffers.Error.Should().Contain("1 cell of nab by version");
    }

    [Fact]
    public void Results_of_nasa_are_told_by_stream_and_stay_finite_where_training_is_constant()
    {
        Run("nasa", "--methods", "spear-none,z-score,jump", "--seeds", "1", "--limit", "40/20/all").Should().Be(0, _buffers.Error);

        foreach (BenchmarkCell cell in Read())
        {
            cell.Training.Series.Should().Be(40);
            cell.Sources!.Select(source => source.Source).Should().Equal("P-2", "Z-9");
            // By stream and over all is the same count.
            cell.Sources!.Sum(source => source.Metrics.TruePositives).Should().Be(cell.Test.TruePositives);
        }
    }

    [Fact]
    public void Mimic_has_a_balanced_draw_and_labels_a_value()
    {
        Run("mimic", "--methods", "spear-none,z-score,length", "--seeds", "1", "--tasks", "trend,flags").Should().Be(0, _buffers.Error);

        IReadOnlyList<BenchmarkCell> cells = Read();
        cells.Where(cell => cell.Task == "trend").Should().HaveCount(6);
        foreach (BenchmarkCell cell in cells.Where(cell => cell.Task == "trend"))
        {
            // Fewer than 100 of a class are here: as many of both as there are of the rarer one.
            int anomalous = cell.Labels.Count(label => label == '1'), each = Math.Min(anomalous, cell.Labels.Length - anomalous);
            (cell.Balanced!.TruePositives + cell.Balanced.FalseNegatives).Should().Be(each);
            (cell.Balanced.TrueNegatives + cell.Balanced.FalsePositives).Should().Be(each);
        }
        // The series' length has no score of a value, which is said.
        cells.Where(cell => cell.Task == "flags").Select(cell => cell.Method).Should().BeEquivalentTo("spear-none", "z-score");
        cells.Where(cell => cell.Task == "flags").Should().OnlyContain(cell => cell.Scores.Length == 100 * SmallData.LabValues && cell.Balanced == null);
        _buffers.Error.Should().Contain("mimic-iii flags, length, seed 1: left out");
    }

    [Fact]
    public void A_trained_prompt_is_tried_on_the_other_sets()
    {
        Application.Run(["benchmark", "nab", "--data", _data, "--results", Results, "--backbone", TinyBackbone.Folder, "--epochs", "1", "--methods", "spear", "--seeds", "1",
            "--prompt-lengths", "20", "--bins", "100", "--tasks", "windows", "--set", "TruncateLongSeries=true"], _buffers.Console).Should().Be(0, _buffers.Error);

        Read().Select(cell => (cell.Set, cell.Task, cell.TrainedOn)).Should().BeEquivalentTo(new[] { ("nab", "windows", null), ("nasa", "smap", "nab windows"), ("mimic-iv", "union", "nab windows") });
        // A prompt trained on other series is another cell.
        Read().Where(cell => cell.TrainedOn is not null).Should().OnlyContain(cell => cell.Settings["trainedLimit"] == Read()[0].Settings["limit"] && cell.Settings["trainedData"] == Read()[0].DataHash);
    }

    [Fact]
    public void A_model_at_a_chat_endpoint_is_asked_and_its_cost_told()
    {
        using ChatServer server = ChatServer.Saying(_ => """{"probability": 0.25}""");

        Run("nab", "--methods", "zero-shot-chat,jump", "--seeds", "1", "--tasks", "windows", "--limit", "20/10/10",
            "--zero-shot-endpoint", server.Endpoint.ToString(), "--zero-shot-model", "small-1", "--zero-shot-prices", "1/2").Should().Be(0, _buffers.Error);

        BenchmarkCell chat = Read().Single(cell => cell.Method == "zero-shot-chat");
        chat.Settings["backbone"].Should().Contain("small-1");
        chat.Scores.Should().NotBeEmpty().And.OnlyContain(score => score == 0.25);
        // All are alike: every pair of one of each class counts half.
        chat.Test.Auroc.Should().Be(0.5);
        _buffers.Error.Should().Contain("tokens in").And.Contain("cost");
    }

    [Fact]
    public void A_training_that_fails_is_told_and_the_others_are_done()
    {
        // The small model's vocabulary ends before 499.
        Run("nab", "--methods", "spear,jump", "--seeds", "1", "--prompt-lengths", "20", "--bins", "500", "--tasks", "windows").Should().Be(1);

        Read().Select(cell => (cell.Method, Bins: cell.Settings.GetValueOrDefault("bins"))).Should().BeEquivalentTo(new[] { ("jump", null), ("spear", "100") });
        _buffers.Error.Should().Contain("500 bins), seed 1: failed. ").And.Contain("1 of 3 trainings failed");
    }

    [Fact]
    public void A_quick_run_says_so_and_its_cells_know()
    {
        Run("nab", "--quick", "--methods", "z-score").Should().Be(0, _buffers.Error);

        _buffers.Output.Should().Contain("quick: few series");
        Read().Should().OnlyContain(cell => cell.IsQuick);
    }

    [Theory]
    [InlineData("--methods", "lstmm", "--methods names 'lstmm'; there are spear")]
    [InlineData("--tasks", "window", "--tasks names 'window'; there are windows, labels")]
    [InlineData("--set", "MaxEpoch=3", "--set MaxEpoch=3: there is no such option")]
    [InlineData("--set", "BatchSize=many", "--set BatchSize=many: the option takes no such value")]
    [InlineData("--set", "BatchSize=0", "--prompt-lengths, --bins, --epochs or --set: ")]
    [InlineData("--set", "MaxEpochs=3", "there are --prompt-lengths, --bins, --epochs")]
    [InlineData("--bins", "5000", "--prompt-lengths, --bins, --epochs or --set: ")]
    [InlineData("--set", "PromptLength=3", "there are --prompt-lengths")]
    [InlineData("--set", "BatchSize", "a name, = and a value were expected")]
    [InlineData("--backbone", "/nowhere", "/nowhere")]
    public void What_cannot_be_is_said_before_any_work(string option, string value, string message)
    {
        Application.Run(["benchmark", "nab", "--data", _data, "--results", Results, "--no-transfer", option, value], _buffers.Console).Should().Be(1);

        _buffers.Error.Should().Contain(message);
        File.Exists(Results).Should().BeFalse();
    }

    [Theory]
    [InlineData("--seeds", "5-1")]
    [InlineData("--shard", "3/2")]
    [InlineData("--limit", "10/10")]
    [InlineData("--limit", "0/1/1")]
    [InlineData("--prompt-lengths", "ten")]
    public void Malformed_options_are_wrong_usage(string option, string value)
    {
        Run("nab", option, value).Should().Be(2);

        _buffers.Error.Should().Contain($"error: {option}: '{value}' is no");
    }

    [Fact]
    public void A_part_without_series_is_said_before_any_training()
    {
        Run("nab", "--split", "80/20/0", "--methods", "jump").Should().Be(1);

        _buffers.Error.Should().Contain("with split 80/20/0 and limit").And.Contain("there is no series for the test");
        Read().Should().BeEmpty();
    }

    [Fact]
    public void An_empty_list_of_methods_is_wrong_usage()
    {
        Run("nab", "--methods", ",").Should().Be(2);

        _buffers.Error.Should().Contain("--methods is ','; at least one name was expected");
    }

    [Fact]
    public void Quick_cells_do_not_count_for_a_whole_run_of_the_same_limits()
    {
        string[] alike = ["--methods", "z-score", "--tasks", "windows", "--seeds", "1", "--limit", "20/10/10"];
        Run("nab", [.. alike, "--quick"]).Should().Be(0, _buffers.Error);
        Run("nab", alike).Should().Be(0, _buffers.Error);

        Read().Select(cell => cell.IsQuick).Should().Equal(true, false);
    }

    [Fact]
    public void Without_a_data_folder_it_is_said_what_to_give()
    {
        string? before = Environment.GetEnvironmentVariable("SOFTPROMPT_DATA");
        Environment.SetEnvironmentVariable("SOFTPROMPT_DATA", null);
        try
        {
            Application.Run(["benchmark", "nab"], _buffers.Console).Should().Be(1);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SOFTPROMPT_DATA", before);
        }

        _buffers.Error.Should().Contain("--data DIR or in SOFTPROMPT_DATA");
    }

    [Fact]
    public void Cancelled_it_keeps_what_is_finished()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Application.Run(["benchmark", "nab", "--data", _data, "--results", Results, "--methods", "z-score", "--no-transfer"], _buffers.Console, cancellation.Token).Should().Be(1);

        _buffers.Error.Should().EndWith("cancelled\n");
    }
}
