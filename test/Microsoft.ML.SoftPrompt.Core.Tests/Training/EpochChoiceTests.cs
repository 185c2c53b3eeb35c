namespace Microsoft.ML.SoftPrompt.Training;

public sealed class EpochChoiceTests
{
    [Theory]
    [InlineData(SoftPromptEarlyStopping.None, 4)]
    [InlineData(SoftPromptEarlyStopping.AveragePrecision, 4)]
    [InlineData(SoftPromptEarlyStopping.Auroc, 2)]
    [InlineData(SoftPromptEarlyStopping.Loss, 1)]
    public void Best_epoch_is_the_metrics(SoftPromptEarlyStopping metric, int expected)
    {
        var choice = new EpochChoice(metric, patience: 9);

        foreach (TrainingEpoch epoch in new[] { Epoch(1, 0.3, 0.5, loss: 0.1), Epoch(2, 0.4, 0.9, 0.2), Epoch(3, 0.8, 0.9, 0.3), Epoch(4, 0.8, 0.7, 0.15), Epoch(5, 0.8, 0.7, 0.15) })
            choice.Add(epoch);

        choice.Best!.Epoch.Should().Be(expected, "of epochs equal by the metric the one with the lower loss is kept, and of those the first");
    }

    [Fact]
    public void Training_has_settled_after_as_many_epochs_without_an_improvement()
    {
        var choice = new EpochChoice(SoftPromptEarlyStopping.AveragePrecision, patience: 2);
        double[] precisions = [0.5, 0.4, 0.6, 0.6, 0.59];

        bool[] settled = precisions.Select((precision, i) =>
        {
            choice.Add(Epoch(i + 1, precision, 0.5, 1));
            return choice.HasSettled;
        }).ToArray();

        settled.Should().Equal(false, false, false, false, true);
        choice.Best!.Epoch.Should().Be(3);
    }

    [Fact]
    public void A_lower_loss_alone_does_not_put_the_end_off()
    {
        var choice = new EpochChoice(SoftPromptEarlyStopping.Auroc, patience: 2);

        for (int epoch = 1; epoch <= 3; epoch++)
            choice.Add(Epoch(epoch, 1, 1, loss: 1.0 / epoch));

        choice.HasSettled.Should().BeTrue();
        choice.Best!.Epoch.Should().Be(3);
    }

    [Fact]
    public void Without_early_stopping_nothing_settles()
    {
        var choice = new EpochChoice(SoftPromptEarlyStopping.None, patience: 1);

        for (int epoch = 1; epoch <= 5; epoch++)
            choice.Add(Epoch(epoch, 0.5, 0.5, 1));

        choice.HasSettled.Should().BeFalse();
    }

    private static TrainingEpoch Epoch(int epoch, double averagePrecision, double areaUnderRoc, double loss) =>
        new(epoch, 0, 0, loss, averagePrecision, areaUnderRoc, 0);
}
