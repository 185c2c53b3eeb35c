using System.IO.Compression;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class TrainCommandTests(TrainedModels models)
{
    [Fact]
    public void Says_what_it_read_and_saves_a_model_of_ml_net_with_its_notes()
    {
        models.WindowsExitCode.Should().Be(0, models.WindowsError);
        models.WindowsError.Should().Contain("read 1 file: 400 readings in 1 series, 40 anomalous").And.Contain("value = value (guessed)");
        models.WindowsError.Should().Contain("epoch 3/3").And.Contain("validation AP");
        // 240 readings give (240 − 10)/5 + 1 = 47 windows, the other parts (80 − 10)/5 + 1 = 15.
        models.WindowsOutput.Should().MatchRegex("train[^\n]*240[^\n]*47").And.MatchRegex("validation[^\n]*80[^\n]*15").And.MatchRegex("test[^\n]*80[^\n]*15");
        models.WindowsOutput.Should().Contain($"--model {models.Windows} --split 60/20/20 --part test");

        using ZipArchive zip = ZipFile.OpenRead(models.Windows);
        zip.Entries.Select(entry => entry.FullName).Should().Contain(["TransformerChain/Model.key", "softprompt.json"]);
    }

    [Fact]
    public void A_path_that_cannot_be_written_fails_before_training_and_harms_nothing()
    {
        using var buffers = new Buffers();
        string kept = buffers.Write("folder/kept.zip", "before");

        Application.Run(TrainedModels.Arguments(models.Data, buffers.Path("missing/model.zip")), buffers.Console).Should().Be(1);
        Application.Run(TrainedModels.Arguments(models.Data, buffers.Path("folder")), buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("error: Cannot write").And.Contain("missing").And.Contain("it is a folder").And.NotContain("epoch").And.NotContain("read 1 file");
        File.ReadAllText(kept).Should().Be("before");
    }

    [Fact]
    public void A_model_that_stood_there_survives_a_training_that_fails_or_is_cancelled()
    {
        using var buffers = new Buffers();
        string model = buffers.Write("model.zip", "before");
        string oneClass = buffers.Write("calm.csv", "value,is_anomaly\n" + string.Concat(Enumerable.Repeat("1,0\n", 100)));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Application.Run(TrainedModels.Arguments(oneClass, model), buffers.Console).Should().Be(1);
        buffers.Error.Should().Contain("The training part has one class only: none of its 15 windows are anomalous");
        Application.Run(TrainedModels.Arguments(models.Data, model), buffers.Console, cancelled.Token).Should().Be(1);
        buffers.Error.TrimEnd().Should().EndWith("cancelled");

        File.ReadAllText(model).Should().Be("before");
        Directory.GetFiles(buffers.Folder).Should().HaveCount(2);
    }

    [Theory]
    [InlineData("first", "Pooling is First, and gpt2 (gpt2) is a decoder")]
    [InlineData("last", "The backbone gpt2 came without a tokenizer")]
    public void A_backbone_that_does_not_suit_is_refused_with_the_reason(string pooling, string message)
    {
        using var buffers = new Buffers();

        string[] arguments = TrainedModels.Arguments(models.Data, buffers.Path("model.zip"));
        arguments[^1] = Golden.PathOf("backbones/gpt2");                // of --backbone

        Application.Run([.. arguments, "--pooling", pooling], buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("error: " + message);
    }

    [Theory]
    [InlineData("value,is_anomaly\n1,0\n2,1\n3,0\n", "A window of 10 readings is longer than every series of the training part: the longest of 1 has 2")]
    [InlineData("timestamp,value\n2020-01-01,1\n2020-01-02,2\n", "There is nothing to learn from: no label column")]
    [InlineData("value,is_anomaly\n1,0\nhigh,1\n", "data.csv, line 3, column 'value': found 'high' where a number was expected")]
    [InlineData("value,is_anomaly\n1,0\n-inf,1\n", "data.csv, line 3, column 'value': found '-inf', which is infinite")]
    public void Data_that_cannot_be_learned_from_is_refused(string csv, string message)
    {
        using var buffers = new Buffers();

        Application.Run(TrainedModels.Arguments(buffers.Write("data.csv", csv), buffers.Path("model.zip")), buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("error: ").And.Contain(message).And.NotContain("   at ");
        File.Exists(buffers.Path("model.zip")).Should().BeFalse();
    }

    [Fact]
    public void A_backbone_that_is_none_is_refused()
    {
        using var buffers = new Buffers();
        string[] arguments = [.. TrainedModels.Arguments(models.Data, buffers.Path("model.zip"))[..^1], buffers.Path("nowhere")];

        Application.Run(arguments, buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("nowhere");
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_whatever_the_number_of_threads()
    {
        using var buffers = new Buffers();
        string[] Scores(string seed, string threads)
        {
            string model = buffers.Path("again.zip"), scores = buffers.Path("again.csv");
            Application.Run([.. TrainedModels.Arguments(models.Data, model), "--seed", seed, "--threads", threads], buffers.Console).Should().Be(0, buffers.Error);
            Application.Run(["score", "--data", models.Data, "--model", model, "--output", scores, "--threads", threads], buffers.Console).Should().Be(0, buffers.Error);
            return File.ReadAllLines(scores);
        }

        string[] first = Scores("7", "1");

        Scores("7", "2").Should().Equal(first);
        Scores("8", "2").Should().NotEqual(first);
    }
}
