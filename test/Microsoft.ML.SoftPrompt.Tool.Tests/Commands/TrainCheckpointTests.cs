namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class TrainCheckpointTests(TrainedModels models)
{
    [Fact]
    public void A_cancelled_training_says_how_to_go_on_and_the_same_command_does()
    {
        using var buffers = new Buffers();
        string model = buffers.Path("model.zip"), checkpoint = buffers.Path("checkpoint");
        string[] arguments = [.. TrainedModels.Arguments(models.Data, model, epochs: 6), "--checkpoint", checkpoint];

        using var source = new CancellationTokenSource();
        using var errors = new CancellingWriter("epoch 2/6", source);
        Application.Run(arguments, new ToolConsole(() => Stream.Null, TextWriter.Null, errors, outputIsTerminal: false, errorIsTerminal: false), source.Token).Should().Be(1);

        errors.ToString().Should().EndWith($"how far it was is in {checkpoint}; the same command goes on from there.\ncancelled\n").And.NotContain("epoch 3/6");
        File.Exists(model).Should().BeFalse();

        Application.Run(arguments, buffers.Console).Should().Be(0, buffers.Error);

        buffers.Error.Should().Contain("goes on from the checkpoint: epoch 2 of 6, batch 2 of 2 were done\n").And.NotContain("epoch 1/6").And.NotContain("epoch 2/6", "it has no rate yet").And.Contain("epoch 6/6");
        File.Exists(model).Should().BeTrue();
        Directory.GetFiles(checkpoint).Should().BeEmpty();
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused_and_stays()
    {
        using var buffers = new Buffers();
        string model = buffers.Path("model.zip"), checkpoint = buffers.Path("checkpoint");
        using var source = new CancellationTokenSource();
        using var errors = new CancellingWriter("epoch 1/6", source);
        Application.Run([.. TrainedModels.Arguments(models.Data, model, epochs: 6), "--checkpoint", checkpoint], new ToolConsole(() => Stream.Null, TextWriter.Null, errors, outputIsTerminal: false, errorIsTerminal: false), source.Token);
        string file = Path.Join(checkpoint, SoftPromptAnomalyTrainer.CheckpointFileName);
        byte[] before = File.ReadAllBytes(file);

        Application.Run([.. TrainedModels.Arguments(models.Data, model, epochs: 7), "--checkpoint", checkpoint], buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain($"error: The checkpoint '{file}' belongs to another training. MaxEpochs: 6 there, 7 here. Train with the same options");
        File.ReadAllBytes(file).Should().Equal(before);
        File.Exists(model).Should().BeFalse();
    }
}
