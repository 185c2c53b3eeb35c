using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Training;

public sealed class SoftPromptTrainingLoopTests
{
    private static readonly TrainingSettings s_settings = new() { PromptLength = 4, Epochs = 12, BatchSize = 16, HeadLearningRate = 0.05, PromptLearningRate = 0.05, Seed = 1 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_learns_and_keeps_the_best_epoch(bool points)
    {
        LabelKind labelKind = points ? LabelKind.Point : LabelKind.Series;
        TrainingExample[] validation = Examples.Spikes(60, labelKind, seed: 2);

        TrainingResult result = Run(labelKind, Examples.Spikes(120, labelKind, seed: 1), validation, s_settings with { Epochs = 40 });

        result.History.Should().HaveCount(40);
        result.History.Select(e => e.Epoch).Should().Equal(Enumerable.Range(1, 40));
        result.History[^1].TrainLoss.Should().BeLessThan(0.6 * result.History[0].TrainLoss);
        result.Validation!.AveragePrecision.Should().BeGreaterThan(0.95);
        double[] precisions = result.History.Select(e => e.ValidationAveragePrecision!.Value).ToArray();
        result.BestEpoch.Should().Be(Array.IndexOf(precisions, precisions.Max()) + 1);
        result.Warnings.Should().BeEmpty();

        // What was kept answers on the validation rows with what the result says of it.
        (double[] logits, bool[] labels) = Score(result.Parameters, validation);
        BinaryMetrics metrics = BinaryMetrics.Compute(logits, labels, result.Parameters.Threshold);
        metrics.Should().Be(result.Validation);
        metrics.AveragePrecision.Should().Be(precisions.Max());
        metrics.F1.Should().Be(BinaryMetrics.Compute(logits, labels, DecisionThreshold.ByF1(logits, labels)).F1);
    }

    [Fact]
    public void Without_validation_the_last_epoch_is_kept_at_even_odds()
    {
        TrainingResult result = Run(LabelKind.Series, Examples.Spikes(64, LabelKind.Series, seed: 1), []);

        result.BestEpoch.Should().Be(12);
        result.Parameters.Threshold.Should().Be(0);
        result.Validation.Should().BeNull();
        result.History.Should().OnlyContain(e => e.ValidationLoss == null && e.ValidationAveragePrecision == null && e.ValidationAuroc == null && e.ValidationAccuracy == null);
    }

    [Fact]
    public void Validation_of_one_class_chooses_nothing()
    {
        TrainingExample[] normal = Examples.Spikes(20, LabelKind.Series, seed: 2).Where(e => !e.HasAnomaly).ToArray();

        TrainingResult with = Run(LabelKind.Series, Examples.Spikes(64, LabelKind.Series, seed: 1), normal);
        TrainingResult without = Run(LabelKind.Series, Examples.Spikes(64, LabelKind.Series, seed: 1), []);

        (with.BestEpoch, with.Parameters.Threshold).Should().Be((12, 0));
        with.Parameters.Weights.Prompt.ToArray().Should().Equal(without.Parameters.Weights.Prompt.ToArray());
    }

    [Fact]
    public void Seed_decides_everything()
    {
        TrainingExample[] train = Examples.Spikes(40, LabelKind.Series, seed: 1, withMissing: true);

        float[] first = Run(LabelKind.Series, train, []).Parameters.Weights.Prompt.ToArray();
        float[] again = Run(LabelKind.Series, train, []).Parameters.Weights.Prompt.ToArray();
        float[] other = Run(LabelKind.Series, train, [], s_settings with { Seed = 2 }).Parameters.Weights.Prompt.ToArray();

        again.Should().Equal(first);
        other.Should().NotEqual(first);
    }

    [Fact]
    public void Progress_is_reported_after_every_batch()
    {
        var reports = new Reports();

        SoftPromptTrainingLoop.Run(Backbone(), Table(), LabelKind.Series, Examples.Spikes(40, LabelKind.Series, seed: 1), Examples.Spikes(8, LabelKind.Series, seed: 2),
            s_settings with { Epochs = 2 }, reports);

        reports.All.Select(p => (p.Epoch, p.Epochs, p.Batch, p.Batches)).Should().Equal((1, 2, 1, 3), (1, 2, 2, 3), (1, 2, 3, 3), (2, 2, 1, 3), (2, 2, 2, 3), (2, 2, 3, 3));
        reports.All.Take(2).Should().OnlyContain(p => p.ValidationAveragePrecision == null);
        reports.All.Skip(2).Should().OnlyContain(p => p.ValidationAveragePrecision > 0);
        reports.All.Should().OnlyContain(p => p.Loss > 0 && p.SeriesPerSecond > 0);
        reports.All[^1].EstimatedRemaining.Should().Be(TimeSpan.Zero);
        TrainingProgress half = reports.All[2];
        half.EstimatedRemaining.Should().Be(half.Elapsed); // three of six steps done
    }

    [Fact]
    public void Cancellation_stops_within_a_batch()
    {
        using var source = new CancellationTokenSource();
        var reports = new Reports { OnReport = p => { if (p.Batch == 2) source.Cancel(); } };

        Action train = () => SoftPromptTrainingLoop.Run(Backbone(), Table(), LabelKind.Series, Examples.Spikes(64, LabelKind.Series, seed: 1), [], s_settings, reports,
            cancellation: source.Token);

        train.Should().Throw<OperationCanceledException>();
        reports.All.Should().HaveCount(2);
    }

    [Fact]
    public void Loss_that_is_not_finite_stops_with_the_batch_and_epoch()
    {
        Action train = () => SoftPromptTrainingLoop.Run(new MixingBackbone(gain: float.NaN), Table(), LabelKind.Series, Examples.Spikes(40, LabelKind.Series, seed: 1), [], s_settings);

        train.Should().Throw<InvalidOperationException>().WithMessage("*no longer finite in batch 1 of 3 of epoch 1*Lower the learning rates*");
    }

    [Fact]
    public void Predictions_of_one_class_are_warned_of()
    {
        // Nineteen normal rows for each anomaly, and a head that hardly moves.
        TrainingExample[] train = [.. Examples.Spikes(76, LabelKind.Series, seed: 1).Where(e => !e.HasAnomaly), .. Examples.Spikes(4, LabelKind.Series, seed: 2).Where(e => e.HasAnomaly)];

        TrainingResult result = Run(LabelKind.Series, train, [], s_settings with { PromptLearningRate = 1e-6, HeadLearningRate = 1e-2, Epochs = 2 });

        result.Warnings.Should().ContainSingle().Which.Should().StartWith("All 40 predictions on the training data in the last epoch fall on one class (normal)");
    }

    [Fact]
    public void Weights_decide_what_is_learned()
    {
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1);
        TrainingExample[] leaning = train.Select(e => e with { Weight = e.HasAnomaly ? 20 : 1 }).ToArray();

        (double[] even, _) = Score(Run(LabelKind.Series, train, []).Parameters, train);
        (double[] lean, _) = Score(Run(LabelKind.Series, leaning, []).Parameters, train);

        lean.Average().Should().BeGreaterThan(even.Average() + 0.5);
    }

    [Fact]
    public void Malformed_data_is_refused()
    {
        TrainingExample[] good = Examples.Spikes(6, LabelKind.Series, seed: 1);
        Refuse([.. good.Where(e => !e.HasAnomaly)], "The 3 training series with a weight above 0 do not hold both classes: found normal labels only*");
        Refuse([.. good.Where(e => e.HasAnomaly)], "*found anomalous labels only*");
        Refuse([], "The 0 training series*");
        Refuse([.. good, new TrainingExample(new uint[] { 1, 2 }, new float[] { 1, 0 })], "Row 6 of the training data has 2 labels for 2 values; expected 1.");
        Refuse([.. good, new TrainingExample(new uint[] { 1, 2 }, new float[] { 0.5f })], "Row 6 of the training data has the label 0.5 at index 0; expected 0 (normal) or 1 (anomalous).");
        Refuse([.. good, new TrainingExample(new uint[] { 1, 2 }, new float[] { 1 }, -1)], "Row 6 of the training data has the weight -1*");
        Refuse([.. good, new TrainingExample(new uint[61], new float[] { 1 })], "*A series of 61 values takes 61 positions and the prompt 4, but mixing has 64 positions.*");

        static void Refuse(TrainingExample[] train, string message)
        {
            Action run = () => Run(LabelKind.Series, train, []);
            run.Should().Throw<ArgumentException>().WithMessage(message);
        }
    }

    private static MixingBackbone Backbone() => new();

    private static TokenTable Table() => TokenTable.ForBins(Backbone(), 10);

    private static TrainingResult Run(LabelKind labelKind, TrainingExample[] train, TrainingExample[] validation, TrainingSettings? settings = null) =>
        SoftPromptTrainingLoop.Run(Backbone(), Table(), labelKind, train, validation, settings ?? s_settings);

    private static (double[] Logits, bool[] Labels) Score(SoftPromptParameters parameters, TrainingExample[] examples)
    {
        var scorer = new SoftPromptScorer(Backbone(), parameters);
        var logits = new float[examples.Sum(e => scorer.CountLogits(e.Tokens.Length))];
        scorer.Score(examples.Select(e => e.Tokens).ToArray(), logits);
        return (logits.Select(z => (double)z).ToArray(), examples.SelectMany(e => e.Labels.ToArray()).Select(y => y == 1).ToArray());
    }

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public Action<TrainingProgress>? OnReport { get; init; }

        public void Report(TrainingProgress value)
        {
            All.Add(value);
            OnReport?.Invoke(value);
        }
    }
}
