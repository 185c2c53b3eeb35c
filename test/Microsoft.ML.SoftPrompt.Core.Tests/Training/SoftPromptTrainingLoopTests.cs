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
        result.BestEpoch.Should().Be(result.History.Where(e => e.ValidationAveragePrecision == precisions.Max()).MinBy(e => e.ValidationLoss)!.Epoch);
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
    public void Early_stopping_ends_the_training_and_says_so()
    {
        var reports = new Reports();
        // A rate of 0 leaves every epoch as good as the first.
        TrainingSettings settings = s_settings with { PromptLearningRate = 0, HeadLearningRate = 0, EarlyStopping = SoftPromptEarlyStopping.Loss, Patience = 3 };

        TrainingResult result = SoftPromptTrainingLoop.Run(Backbone(), Table(), LabelKind.Series, Examples.Spikes(32, LabelKind.Series, seed: 1), Examples.Spikes(8, LabelKind.Series, seed: 2), settings, reports);

        (result.History.Count, result.BestEpoch).Should().Be((4, 1));
        reports.All.Should().HaveCount(8).And.OnlyContain(p => p.Epochs == 12);
        reports.All[^1].EstimatedRemaining.Should().Be(TimeSpan.Zero);
        reports.All[^2].EstimatedRemaining.Should().BePositive();
    }

    [Fact]
    public void Early_stopping_without_validation_runs_all_epochs_with_a_warning()
    {
        TrainingResult result = Run(LabelKind.Series, Examples.Spikes(64, LabelKind.Series, seed: 1), [], s_settings with { EarlyStopping = SoftPromptEarlyStopping.Auroc, Patience = 1 });

        result.History.Should().HaveCount(12);
        result.Warnings.Should().Contain("Early stopping had no validation rows of both classes to go by: all 12 epochs ran.");
    }

    [Fact]
    public void Early_stopping_that_never_strikes_changes_nothing_but_the_epoch()
    {
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1), validation = Examples.Spikes(16, LabelKind.Series, seed: 2);

        TrainingResult none = Run(LabelKind.Series, train, validation);
        TrainingResult patient = Run(LabelKind.Series, train, validation, s_settings with { EarlyStopping = SoftPromptEarlyStopping.AveragePrecision, Patience = 12 });

        patient.History.Should().Equal(none.History);
        patient.Parameters.Weights.Prompt.ToArray().Should().Equal(none.Parameters.Weights.Prompt.ToArray());
    }

    [Theory]
    [InlineData(SoftPromptThresholdRule.Precision, 0.8)]
    [InlineData(SoftPromptThresholdRule.Recall, 0.9)]
    public void Threshold_meets_its_target_on_the_validation_rows(SoftPromptThresholdRule rule, double target)
    {
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1), validation = Examples.Spikes(60, LabelKind.Series, seed: 2);

        TrainingResult result = Run(LabelKind.Series, train, validation, s_settings with { ThresholdRule = rule, ThresholdTarget = target });

        (rule == SoftPromptThresholdRule.Precision ? result.Validation!.Precision : result.Validation!.Recall).Should().BeGreaterThanOrEqualTo(target);
        (double[] logits, bool[] labels) = Score(result.Parameters, validation);
        BinaryMetrics.Compute(logits, labels, result.Parameters.Threshold).Should().Be(result.Validation);
    }

    [Fact]
    public void Precision_out_of_reach_is_warned_of_with_what_is_used()
    {
        // The two highest scores are the same series, once anomalous and once not.
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1);
        TrainingExample[] validation = [train[1], train[1] with { Labels = new float[] { 0 } }];

        TrainingResult result = Run(LabelKind.Series, train, validation, s_settings with { ThresholdRule = SoftPromptThresholdRule.Precision, ThresholdTarget = 0.9 });

        result.Validation!.Precision.Should().Be(0.5);
        result.Warnings.Should().Contain("No threshold has a precision of 0.9 on the validation rows; used is the one with the highest, 0.5, where recall is 1.");
    }

    [Fact]
    public void Fixed_threshold_is_the_probabilitys_logit_with_validation_or_without()
    {
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1);
        TrainingSettings settings = s_settings with { Epochs = 2, ThresholdRule = SoftPromptThresholdRule.Fixed, ThresholdTarget = 0.75 };

        Run(LabelKind.Series, train, [], settings).Parameters.Threshold.Should().Be((float)Math.Log(3));
        Run(LabelKind.Series, train, Examples.Spikes(8, LabelKind.Series, seed: 2), settings).Parameters.Threshold.Should().Be((float)Math.Log(3));
    }

    [Fact]
    public void Rule_that_needs_validation_is_warned_of_without()
    {
        TrainingResult result = Run(LabelKind.Series, Examples.Spikes(64, LabelKind.Series, seed: 1), [], s_settings with { ThresholdRule = SoftPromptThresholdRule.Recall, ThresholdTarget = 0.9 });

        result.Parameters.Threshold.Should().Be(0);
        result.Warnings.Should().Contain("The threshold could not be chosen for a recall of 0.9, because no row validates: it is probability 0.5.");
    }

    [Fact]
    public void Calibration_is_fitted_on_the_validation_rows_and_leaves_scores_and_threshold()
    {
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1), validation = Examples.Spikes(60, LabelKind.Series, seed: 2);

        SoftPromptParameters plain = Run(LabelKind.Series, train, validation).Parameters;
        SoftPromptParameters calibrated = Run(LabelKind.Series, train, validation, s_settings with { Calibration = SoftPromptCalibration.Platt }).Parameters;

        (double[] logits, bool[] labels) = Score(calibrated, validation);
        calibrated.Calibration.Should().Be(PlattScaling.Fit(logits, labels));
        logits.Should().Equal(Score(plain, validation).Logits);
        calibrated.Threshold.Should().Be(plain.Threshold);
        plain.Calibration.Should().BeNull();
    }

    [Fact]
    public void Fixed_threshold_is_meant_of_the_calibrated_probability()
    {
        TrainingResult result = Run(LabelKind.Series, Examples.Spikes(64, LabelKind.Series, seed: 1), Examples.Spikes(60, LabelKind.Series, seed: 2),
            s_settings with { Calibration = SoftPromptCalibration.Platt, ThresholdRule = SoftPromptThresholdRule.Fixed, ThresholdTarget = 0.3 });

        result.Parameters.Probability.ToProbability(result.Parameters.Threshold).Should().BeApproximately(0.3, 1e-6);
    }

    [Fact]
    public void Calibration_without_validation_rows_is_refused_before_the_training()
    {
        var backbone = new MixingBackbone();
        TrainingSettings settings = s_settings with { Calibration = SoftPromptCalibration.Platt };
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1);

        Action none = () => SoftPromptTrainingLoop.Run(backbone, Table(), LabelKind.Series, train, [], settings);
        Action oneClass = () => SoftPromptTrainingLoop.Run(backbone, Table(), LabelKind.Series, train, [train[0], train[2]], settings);

        none.Should().Throw<InvalidOperationException>().WithMessage("The probability cannot be calibrated: no row validates.*");
        oneClass.Should().Throw<InvalidOperationException>().WithMessage("The probability cannot be calibrated: the 2 validation rows have one class only.*");
        backbone.ForwardCalls.Should().Be(0);
    }

    [Fact]
    public void Calibration_that_falls_with_the_score_is_left_out_with_a_warning()
    {
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1);
        // Labels the wrong way round, so that what is learned ranks them the wrong way round.
        TrainingExample[] validation = train.Select(e => e with { Labels = new[] { 1 - e.Labels.Span[0] } }).ToArray();

        TrainingResult result = Run(LabelKind.Series, train, validation, s_settings with { Epochs = 40, Calibration = SoftPromptCalibration.Platt, EarlyStopping = SoftPromptEarlyStopping.Loss, Patience = 40 });

        result.Parameters.Calibration.Should().BeNull();
        result.Warnings.Should().Contain(w => w.StartsWith("The probability is not calibrated: on the validation data it would not rise with the score (slope "));
    }

    [Fact]
    public void Without_a_prompt_a_training_learns_with_the_head_alone()
    {
        TrainingExample[] train = Examples.Spikes(120, LabelKind.Point, seed: 1, withMissing: true);

        TrainingResult result = Run(LabelKind.Point, train, [], s_settings with { PromptLength = 0, Epochs = 30 });

        (result.Parameters.PromptLength, result.Parameters.Weights.Prompt.Length).Should().Be((0, 0));
        result.Parameters.Weights.MissingRow.ToArray().Should().Equal(Table().InitialMissingRow());
        result.History[^1].TrainLoss.Should().BeLessThan(0.8 * result.History[0].TrainLoss);
    }

    [Fact]
    public void Pooling_by_the_maximum_learns()
    {
        TrainingResult result = Run(LabelKind.Series, Examples.Spikes(120, LabelKind.Series, seed: 1), Examples.Spikes(60, LabelKind.Series, seed: 2),
            s_settings with { Epochs = 40, Pooling = SoftPromptPooling.Max });

        result.Validation!.AveragePrecision.Should().BeGreaterThan(0.95);
    }

    [Fact]
    public void Weight_of_the_positive_class_decides_what_is_learned()
    {
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1);

        (double[] even, _) = Score(Run(LabelKind.Series, train, []).Parameters, train);
        (double[] lean, _) = Score(Run(LabelKind.Series, train, [], s_settings with { PositiveClassWeight = 20 }).Parameters, train);

        lean.Average().Should().BeGreaterThan(even.Average() + 0.5);
    }

    [Fact]
    public void Clipping_that_never_strikes_changes_nothing_and_a_tight_one_does()
    {
        TrainingExample[] train = Examples.Spikes(64, LabelKind.Series, seed: 1);

        float[] off = Run(LabelKind.Series, train, []).Parameters.Weights.Prompt.ToArray();
        float[] loose = Run(LabelKind.Series, train, [], s_settings with { GradientClipping = 1e6 }).Parameters.Weights.Prompt.ToArray();
        float[] tight = Run(LabelKind.Series, train, [], s_settings with { GradientClipping = 0.05 }).Parameters.Weights.Prompt.ToArray();

        loose.Should().Equal(off);
        tight.Should().NotEqual(off);
    }

    [Fact]
    public void Defaults_are_the_settings_of_the_method_bit_for_bit()
    {
        TrainingExample[] train = Examples.Spikes(40, LabelKind.Series, seed: 1, withMissing: true), validation = Examples.Spikes(20, LabelKind.Series, seed: 2);
        var short_ = new TrainingSettings { Epochs = 3, PromptLength = 4, Seed = 1 };
        TrainingSettings spelledOut = short_ with
        {
            BatchSize = 32, PromptLearningRate = 0.03, HeadLearningRate = 0.01, WeightDecay = 0.01, WarmUp = 0.06, LearningRateDecay = SoftPromptLearningRateDecay.Linear,
            GradientClipping = 0, PositiveClassWeight = 1, FocalGamma = 0, Pooling = SoftPromptPooling.Mean, Initialization = SoftPromptInitialization.Vocabulary,
            EarlyStopping = SoftPromptEarlyStopping.None, ThresholdRule = SoftPromptThresholdRule.F1, Calibration = SoftPromptCalibration.None,
        };

        spelledOut.Should().Be(short_);
        TrainingResult result = Run(LabelKind.Series, train, validation, short_), again = Run(LabelKind.Series, train, validation, spelledOut);

        again.Parameters.Weights.Prompt.ToArray().Should().Equal(result.Parameters.Weights.Prompt.ToArray());
        again.Parameters.Threshold.Should().Be(result.Parameters.Threshold);
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
}
