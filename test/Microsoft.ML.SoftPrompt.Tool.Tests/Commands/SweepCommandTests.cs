using System.Text.RegularExpressions;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class SweepCommandTests(TrainedModels models) : IDisposable
{
    private readonly Buffers _buffers = new();

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void It_saves_the_best_model_as_train_would_and_goes_on_in_its_folder()
    {
        string model = _buffers.Path("best.zip"), report = _buffers.Path("sweep.html"), folder = _buffers.Path("sweep");
        string[] arguments = [.. Arguments(model), "--window", "8,12", "--stride", "6", "--prompt-learning-rate", "0.01..0.1:log", "--trials", "2", "--dir", folder, "--report", report, "--split", "60/20/20"];

        Application.Run(arguments, _buffers.Console).Should().Be(0, _buffers.Error);

        _buffers.Error.Should().MatchRegex("trial 1 finished after 2 epochs, AP 0\\.[0-9]{4}: --window (8|12) --prompt-learning-rate 0\\.[0-9]+; 50 %, 1 of 2 trials done");
        _buffers.Output.Should().MatchRegex("best is trial [12]: average precision 0\\.[0-9]{4} over 80 validation readings, which it was chosen by, and 0\\.[0-9]{4} over 80 test readings, which no trial saw");
        File.ReadAllText(report).Should().Contain("<title>").And.Contain("Sweep of wave.csv");

        // The command that it prints trains the same model.
        string scores = Scores(model), again = _buffers.Path("again.zip");
        string train = Regex.Match(_buffers.Output, "softprompt (train .*)").Groups[1].Value;
        Application.Run([.. train.Split(' ')[..^1], again], _buffers.Console).Should().Be(0, _buffers.Error);
        Scores(again).Should().Be(scores);

        // Done trials are read, not trained again.
        File.Delete(model);
        using var second = new Buffers();
        Application.Run(arguments, second.Console).Should().Be(0, second.Error);
        second.Error.Should().NotContain("trial 1 finished");
        Scores(model).Should().Be(scores);

        Application.Run([.. arguments, "--seed", "9"], second.Console).Should().Be(1);
        second.Error.Should().Contain("holds another sweep: Seed is 9 here and 1 there");
    }

    [Fact]
    public void A_cancelled_sweep_says_how_to_go_on()
    {
        string model = _buffers.Path("best.zip"), folder = _buffers.Path("sweep");
        using var source = new CancellationTokenSource();
        using var errors = new CancellingWriter("trial 1 finished", source);

        Application.Run([.. Arguments(model), "--window", "8,12", "--trials", "2", "--dir", folder], new ToolConsole(() => Stream.Null, TextWriter.Null, errors, outputIsTerminal: false, errorIsTerminal: false), source.Token)
            .Should().Be(1);

        errors.ToString().Should().EndWith($"how far it was is in {folder}; the same command goes on from there.\ncancelled\n");
        File.Exists(model).Should().BeFalse();
    }

    [Theory]
    [InlineData("--window 5..x", "--window is '5..x'; expected")]
    [InlineData("--window 5,", "--window is '5,'; expected")]
    [InlineData("--scale none", "--scale is 'none'; expected all,group,window")]
    [InlineData("--time-limit 5", "--time-limit is '5'; expected seconds, minutes or hours")]
    [InlineData("--halving-rate 1", "--halving-rate is '1'")]
    public void A_value_that_cannot_be_read_is_named(string option, string message)
    {
        Application.Run([.. Arguments(_buffers.Path("model.zip")), .. option.Split(' ')], _buffers.Console).Should().Be(2);

        _buffers.Error.Should().Contain(message);
    }

    [Theory]
    [InlineData("--bins 1,100", "BinCount is 1; expected 2 to 2,000")]
    [InlineData("--strategy grid --window 5..9", "WindowSize is the range 5 to 9; a grid needs values")]
    [InlineData("--points --balance 0.5,1", "TSmoteRatio has a ratio, and PointLabels is set")]
    [InlineData("--split 80/0/20", "Trials are compared on the validation part, and --split 80/0/20 has none")]
    public void What_cannot_be_searched_is_refused_and_nothing_is_written(string options, string message)
    {
        Application.Run([.. Arguments(_buffers.Path("model.zip")), .. options.Split(' ')], _buffers.Console).Should().Be(1);

        _buffers.Error.Should().Contain(message);
        Directory.GetFiles(_buffers.Folder).Should().BeEmpty();
    }

    [Fact]
    public void Windows_scaled_by_themselves_are_trained_and_judged()
    {
        string model = _buffers.Path("own.zip");
        Application.Run([.. TrainedModels.Arguments(models.Data, model, epochs: 1), "--split", "60/20/20", "--scale", "window"], _buffers.Console).Should().Be(0, _buffers.Error);

        Application.Run(["evaluate", "--data", models.Data, "--model", model, "--split", "60/20/20"], _buffers.Console).Should().Be(0, _buffers.Error);
    }

    private string[] Arguments(string model) => ["sweep", "--data", models.Data, "--model", model, "--epochs", "2", "--prompt-length", "4", "--backbone", TinyBackbone.Folder];

    private string Scores(string model)
    {
        string path = _buffers.Path("scores.csv");
        Application.Run(["score", "--data", models.Data, "--model", model, "--output", path], _buffers.Console).Should().Be(0, _buffers.Error);
        return File.ReadAllText(path);
    }
}
