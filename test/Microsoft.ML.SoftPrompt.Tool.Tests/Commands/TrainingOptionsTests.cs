using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Tool.Models;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class TrainingOptionsTests(TrainedModels models)
{
    private static JsonElement Settings(string model)
    {
        using ZipArchive zip = ZipFile.OpenRead(model);
        using Stream notes = zip.GetEntry("softprompt.json")!.Open();
        return JsonDocument.Parse(notes).RootElement.GetProperty("Settings").Clone();
    }

    private static SoftPromptModelParameters Learned(string model) =>
        ((IEnumerable<ITransformer>)new MLContext().Model.Load(model, out _)).OfType<SoftPromptAnomalyTransformer>().Single().Model;

    private string Train(Buffers buffers, params string[] more)
    {
        string model = buffers.Path("model.zip");
        Application.Run([.. TrainedModels.Arguments(models.Data, model), "--split", "60/20/20", .. more], buffers.Console).Should().Be(0, buffers.Error);
        return model;
    }

    private string Evaluate(string model)
    {
        using var buffers = new Buffers();
        Application.Run(["evaluate", "--data", models.Data, "--model", model], buffers.Console).Should().Be(0, buffers.Error);
        return buffers.Output;
    }

    [Fact]
    public void Every_switch_stands_in_the_models_notes()
    {
        using var buffers = new Buffers();

        string model = Train(buffers, "--balance", "0.7", "--neighbours", "3", "--pooling", "LAST", "--positive-weight", "2.5", "--early-stopping", "average-precision",
            "--patience", "2", "--threshold", "recall", "--threshold-target", "0.9", "--calibrate", "--backbone-precision", "bfloat16");

        JsonElement settings = Settings(model);
        new[] { "Balance", "PositiveWeight", "ThresholdTarget" }.Select(name => settings.GetProperty(name).GetDouble()).Should().Equal(0.7, 2.5, 0.9);
        new[] { "Neighbours", "Patience" }.Select(name => settings.GetProperty(name).GetInt32()).Should().Equal(3, 2);
        new[] { "Pooling", "EarlyStopping", "Threshold", "BackbonePrecision" }.Select(name => settings.GetProperty(name).GetString()).Should().Equal("Last", "AveragePrecision", "Recall", "BFloat16");
        Learned(model).BackbonePrecision.Should().Be(Tensors.WeightPrecision.BFloat16);
        settings.GetProperty("Calibrate").GetBoolean().Should().BeTrue();
        Evaluate(model).Should().Contain("SPEAR's was chosen on the validation part, aiming at a recall of 0.9, and the controls' were chosen on the validation part by F1");
    }

    [Fact]
    public void Notes_from_before_these_switches_mean_their_defaults()
    {
        const string Old = """{"Settings":{"Window":10,"Stride":5,"Scale":"All"},"Columns":{"Value":"v"},"Controls":{"Whole":{"Mean":0,"Deviation":1},"Groups":{},"MostAreAnomalous":false,"ZScoreThreshold":0,"JumpThreshold":0,"ChosenOnValidation":true}}""";

        ModelNotes.FromJson(Encoding.UTF8.GetBytes(Old)).Settings.Should().Be(new TrainingSettings { Window = 10, Stride = 5, Scale = SeriesScale.All });
    }

    [Theory]
    [InlineData("0.9")]
    [InlineData(null)]
    public void Balancing_adds_windows_to_the_training_part_alone(string? ratio)
    {
        using var buffers = new Buffers();

        string model = Train(buffers, ratio is null ? ["--balance"] : ["--balance", ratio]);

        // Windows of 10 at 0, 5 … 230 with the dip of 22 to 25 in every 40: those at 15, 20 and 25 of a period, 18 of 47; 29 are normal, of which 0.9 is 26.1.
        buffers.Output.Should().Contain($"{(ratio is null ? 11 : 8)} synthetic windows trained").And.Contain("The 15 rows of the validation data given validate.");
        var loaded = new MLContext().Model.Load(model, out DataViewSchema schema);
        schema.Select(column => column.Name).Should().NotContain("IsSynthetic");
        ((IEnumerable<ITransformer>)loaded).Select(stage => stage.GetType()).Should().Equal(typeof(QuantizingTransformer), typeof(SoftPromptAnomalyTransformer));
    }

    [Fact]
    public void Too_few_windows_to_interpolate_are_refused_in_the_words_of_the_command_line()
    {
        using var buffers = new Buffers();

        Application.Run([.. TrainedModels.Arguments(models.Data, buffers.Path("model.zip")), "--balance", "--neighbours", "60"], buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("error: The training windows cannot be balanced.").And.Contain("NeighbourCount is --neighbours").And.NotContain("epoch 1");
    }

    [Fact]
    public void Early_stopping_ends_the_training_and_says_so()
    {
        using var buffers = new Buffers();

        // Steps too small to change a rank: the second epoch is no better than the first.
        string model = Train(buffers, "--early-stopping", "auroc", "--patience", "1", "--head-learning-rate", "1e-9", "--prompt-learning-rate", "1e-9");

        TrainingEpoch[] epochs = [.. Learned(model).TrainingHistory];
        epochs.Should().HaveCount(2);
        epochs[1].ValidationAuroc.Should().Be(epochs[0].ValidationAuroc, "else the test says nothing");
        int kept = epochs[1].ValidationLoss < epochs[0].ValidationLoss ? 2 : 1;
        buffers.Output.Should().Contain($"kept epoch {kept} of the 2 before early stopping");
    }

    [Fact]
    public void Scores_have_the_calibrated_probability_of_their_mean_logit()
    {
        using var buffers = new Buffers();
        string model = Train(buffers, "--calibrate", "--threshold", "fixed", "--threshold-target", "0.3"), scores = buffers.Path("scores.csv");
        SoftPromptModelParameters learned = Learned(model);

        Application.Run(["score", "--data", models.Data, "--model", model, "--output", scores], buffers.Console).Should().Be(0, buffers.Error);

        learned.IsCalibrated.Should().BeTrue("else the test says nothing");
        foreach (string[] row in File.ReadLines(scores).Skip(1).Select(line => line.Split(',')))
        {
            float logit = float.Parse(row[4], CultureInfo.InvariantCulture);
            row[5].Should().Be(((float)learned.ToProbability(logit)).ToString(CultureInfo.InvariantCulture));
            row[3].Should().Be(learned.ToProbability(logit) > 0.3 ? "1" : "0");
        }
        Evaluate(model).Should().Contain("SPEAR's is a fixed probability of 0.3, and the controls' were chosen on the validation part by F1");
    }

    [Fact]
    public void The_head_alone_learns_without_a_prompt()
    {
        using var buffers = new Buffers();
        string model = buffers.Path("model.zip");

        Application.Run(["train", "--data", models.Data, "--model", model, "--window", "10", "--epochs", "1", "--prompt-length", "0", "--backbone", TinyBackbone.Folder], buffers.Console)
            .Should().Be(0, buffers.Error);

        Learned(model).PromptLength.Should().Be(0);
    }

    [Theory]
    [InlineData("--balance --points", "--balance needs a label a window")]
    [InlineData("--pooling last --points", "--pooling is for labels a window")]
    [InlineData("--balance 1.5", "--balance is '1.5'; a number above 0 and at most 1 was expected")]
    [InlineData("--balance 0", "--balance is '0'")]
    [InlineData("--neighbours 3", "--neighbours is for --balance")]
    [InlineData("--patience 3", "--patience is for --early-stopping")]
    [InlineData("--early-stopping none --patience 3", "--patience is for --early-stopping")]
    [InlineData("--early-stopping precision", "expected one of none|average-precision|auroc|loss")]
    [InlineData("--threshold-target 0.3", "--threshold-target is for --threshold")]
    [InlineData("--threshold f1 --threshold-target 0.3", "--threshold-target is for --threshold")]
    [InlineData("--threshold best", "expected one of f1|precision|recall|fixed")]
    [InlineData("--threshold", "Required argument missing for option: '--threshold'")]
    [InlineData("--positive-weight 0", "--positive-weight is '0'; a number above 0")]
    [InlineData("--bins 1", "--bins is '1'; a whole number from 2 to 2000 was expected")]
    [InlineData("--prompt-length -1", "--prompt-length is '-1'; a whole number of at least 0 was expected")]
    public void What_does_not_fit_is_wrong_usage(string arguments, string message)
    {
        using var buffers = new Buffers();

        Application.Run(["train", "--data", models.Data, "--model", buffers.Path("model.zip"), .. arguments.Split(' ')], buffers.Console).Should().Be(2);

        buffers.Error.Should().Contain(message).And.Contain("See: softprompt train --help");
    }
}
