using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Training;

[Collection(nameof(SchedulerThreads))]
public sealed class SoftPromptTrainingStepTests
{
    [Theory]
    [InlineData(false, SoftPromptPooling.Mean, 1, 0)]
    [InlineData(false, SoftPromptPooling.Last, 1, 0)]
    [InlineData(false, SoftPromptPooling.First, 1, 0)]
    [InlineData(false, SoftPromptPooling.Max, 1, 0)]
    [InlineData(true, SoftPromptPooling.Mean, 1, 0)]
    [InlineData(false, SoftPromptPooling.Mean, 5, 2)]
    [InlineData(true, SoftPromptPooling.Mean, 0.5, 0.7)]
    public void Gradient_is_that_of_finite_differences(bool points, SoftPromptPooling pooling, double positiveClassWeight, double focalGamma)
    {
        LabelKind labelKind = points ? LabelKind.Point : LabelKind.Series;
        var backbone = new MixingBackbone();
        TokenTable table = TokenTable.ForBins(backbone, 10);
        var settings = new TrainingSettings { Pooling = pooling, PositiveClassWeight = positiveClassWeight, FocalGamma = focalGamma };
        TrainingExample[] batch = Examples.Spikes(7, labelKind, seed: 3, withMissing: true).Select((e, i) => e with { Weight = 1 + i % 3 }).ToArray();
        SoftPromptWeights start = Larger(Examples.Start(backbone, table));
        SoftPromptTrainingStep step = Step(start);
        step.ComputeGradient(batch);

        Compare(step.Prompt.Gradient, start.Prompt, v => new SoftPromptWeights(4, 6, v, start.MissingRow, start.HeadWeight, start.HeadBias));
        Compare(step.MissingRow.Gradient, start.MissingRow, v => new SoftPromptWeights(4, 6, start.Prompt, v, start.HeadWeight, start.HeadBias));
        Compare(step.HeadWeight.Gradient, start.HeadWeight, v => new SoftPromptWeights(4, 6, start.Prompt, start.MissingRow, v, start.HeadBias));
        Compare(step.HeadBias.Gradient, new[] { start.HeadBias }, v => new SoftPromptWeights(4, 6, start.Prompt, start.MissingRow, start.HeadWeight, v[0]));

        SoftPromptTrainingStep Step(SoftPromptWeights weights) => new(backbone, table, labelKind, settings, weights, trainsMissingRow: true);

        void Compare(double[] gradient, ReadOnlyMemory<float> values, Func<float[], SoftPromptWeights> with)
        {
            // Powers of two, so that both sides lie where they should; a maximum has kinks, so that its sides lie nearer and are less exact.
            (float by, double tolerance) = pooling == SoftPromptPooling.Max ? (1f / 512, 1e-4) : (1f / 64, 2e-5);
            gradient.Max(Math.Abs).Should().BeGreaterThan(0.01);
            for (int i = 0; i < gradient.Length; i++)
            {
                double difference = (8 * (Loss(by) - Loss(-by)) - (Loss(2 * by) - Loss(-2 * by))) / (12 * by);
                gradient[i].Should().BeApproximately(difference, tolerance, $"of component {i}");

                double Loss(float move)
                {
                    float[] moved = values.ToArray();
                    moved[i] += move;
                    return Step(with(moved)).ComputeGradient(batch);
                }
            }
        }
    }

    [Fact]
    public void Loss_weighs_series_by_their_weights_and_points_alike()
    {
        var backbone = new MixingBackbone();
        TokenTable table = TokenTable.ForBins(backbone, 10);
        SoftPromptWeights start = Larger(Examples.Start(backbone, table));
        TrainingExample[] series = [new(new uint[] { 1, 2 }, new float[] { 1 }, 3), new(new uint[] { 4 }, new float[] { 0 }, 1)];
        TrainingExample[] points = [new(new uint[] { 1, 2 }, new float[] { 1, 0 }), new(new uint[] { 4 }, new float[] { 0 })];

        var bySeries = new SoftPromptTrainingStep(backbone, table, LabelKind.Series, new TrainingSettings(), start, false);
        double seriesLoss = bySeries.ComputeGradient(series);
        var byPoint = new SoftPromptTrainingStep(backbone, table, LabelKind.Point, new TrainingSettings(), start, false);
        double pointLoss = byPoint.ComputeGradient(points);

        float[] z = bySeries.Logits.ToArray();
        seriesLoss.Should().BeApproximately((3 * Math.Log(1 + Math.Exp(-z[0])) + Math.Log(1 + Math.Exp(z[1]))) / 4, 1e-12);
        z = byPoint.Logits.ToArray();
        pointLoss.Should().BeApproximately((Math.Log(1 + Math.Exp(-z[0])) + Math.Log(1 + Math.Exp(z[1])) + Math.Log(1 + Math.Exp(z[2]))) / 3, 1e-12);
    }

    [Fact]
    public void Without_a_prompt_the_head_alone_moves()
    {
        var backbone = new MixingBackbone();
        TokenTable table = TokenTable.ForBins(backbone, 10);
        SoftPromptWeights start = Examples.Start(backbone, table, promptLength: 0);
        var step = new SoftPromptTrainingStep(backbone, table, LabelKind.Series, new TrainingSettings(), start, trainsMissingRow: false);

        step.Run(Examples.Spikes(4, LabelKind.Series, seed: 3, withMissing: true), 1);

        step.Weights.Prompt.Length.Should().Be(0);
        step.Weights.MissingRow.ToArray().Should().Equal(start.MissingRow.ToArray());
        step.Weights.HeadWeight.ToArray().Should().NotEqual(start.HeadWeight.ToArray());
    }

    [Fact]
    public void With_a_prompt_rate_of_0_the_head_alone_moves_as_it_does_behind_a_prompt_that_cannot()
    {
        TokenTable table = TokenTable.ForBins(new MixingBackbone(), 10);
        SoftPromptWeights start = Examples.Start(new MixingBackbone(), table);
        TrainingExample[] batch = Examples.Spikes(9, LabelKind.Series, seed: 3);
        var forwardOnly = new MixingBackbone { RefusesTraining = true };
        SoftPromptTrainingStep Step(MixingBackbone backbone, double rate) =>
            new(backbone, table, LabelKind.Series, new TrainingSettings { PromptLearningRate = rate }, start, trainsMissingRow: false);
        SoftPromptTrainingStep frozen = Step(forwardOnly, 0), moving = Step(new MixingBackbone(), 1e-30);

        frozen.Run(batch, 1);
        moving.Run(batch, 1);

        frozen.Weights.Prompt.ToArray().Should().Equal(start.Prompt.ToArray());
        frozen.Weights.HeadWeight.ToArray().Should().Equal(moving.Weights.HeadWeight.ToArray());
    }

    [Fact]
    public void Clipping_scales_the_gradient_of_all_that_is_trained()
    {
        // Norm 13 over both parameters; PyTorch's clip_grad_norm_ multiplies with 6.5 / (13 + 1e-6).
        AdamW[] parameters = [new([0, 0], new TrainingSettings()), new([0], new TrainingSettings())];
        (parameters[0].Gradient[0], parameters[0].Gradient[1], parameters[1].Gradient[0]) = (3, -4, 12);

        GradientClipping.Clip(parameters, 14);
        parameters[0].Gradient.Should().Equal(3, -4);

        GradientClipping.Clip(parameters, 6.5);
        parameters.SelectMany(p => p.Gradient).Zip(new[] { 1.5, -2, 6 }, (found, expected) => Math.Abs(found / expected - 1)).Should().OnlyContain(error => error < 1e-7);
    }

    [Fact]
    public void Missing_row_moves_only_where_it_is_trained()
    {
        var backbone = new MixingBackbone();
        TokenTable table = TokenTable.ForBins(backbone, 10);
        SoftPromptWeights start = Examples.Start(backbone, table);
        TrainingExample[] batch = Examples.Spikes(4, LabelKind.Series, seed: 3);
        var kept = new SoftPromptTrainingStep(backbone, table, LabelKind.Series, new TrainingSettings(), start, trainsMissingRow: false);
        var trained = new SoftPromptTrainingStep(backbone, table, LabelKind.Series, new TrainingSettings(), start, trainsMissingRow: true);

        kept.Run(batch, 1);
        trained.Run(batch, 1);

        kept.Weights.MissingRow.ToArray().Should().Equal(start.MissingRow.ToArray());
        trained.Weights.MissingRow.ToArray().Should().NotEqual(start.MissingRow.ToArray());
        kept.Weights.Prompt.ToArray().Should().NotEqual(start.Prompt.ToArray());
    }

    [Fact]
    public void Steps_are_the_same_bit_for_bit_on_any_number_of_threads()
    {
        SoftPromptWeights[] results = new[] { 1, 2, 5 }.Select(threads =>
        {
            int before = Scheduler.MaxThreads;
            Scheduler.MaxThreads = threads;
            try
            {
                var backbone = new MixingBackbone(preferredPositions: 30);
                TokenTable table = TokenTable.ForBins(backbone, 10);
                var step = new SoftPromptTrainingStep(backbone, table, LabelKind.Series, new TrainingSettings(), Examples.Start(backbone, table), trainsMissingRow: true);
                for (int s = 0; s < 5; s++)
                    step.Run(Examples.Spikes(17, LabelKind.Series, seed: s, withMissing: true), 1);
                backbone.ForwardCalls.Should().BeGreaterThan(10, "several calls a step make the test say something");
                return step.Weights;
            }
            finally
            {
                Scheduler.MaxThreads = before;
            }
        }).ToArray();

        foreach (SoftPromptWeights other in results[1..])
        {
            other.Prompt.ToArray().Should().Equal(results[0].Prompt.ToArray());
            other.MissingRow.ToArray().Should().Equal(results[0].MissingRow.ToArray());
            other.HeadWeight.ToArray().Should().Equal(results[0].HeadWeight.ToArray());
            other.HeadBias.Should().Be(results[0].HeadBias);
        }
    }

    [Fact]
    public void A_large_batch_keeps_no_more_calls_than_a_few_a_thread()
    {
        var backbone = new MixingBackbone(preferredPositions: 30);
        TokenTable table = TokenTable.ForBins(backbone, 10);
        var step = new SoftPromptTrainingStep(backbone, table, LabelKind.Series, new TrainingSettings(), Examples.Start(backbone, table), trainsMissingRow: false);

        step.Run(Examples.Spikes(40 * Scheduler.MaxThreads, LabelKind.Series, seed: 1), 1);

        backbone.ForwardCalls.Should().BeGreaterThan(10 * Scheduler.MaxThreads);
        backbone.Inputs.Count.Should().BeLessThanOrEqualTo(4 * Scheduler.MaxThreads);
    }

    [Fact]
    public void Gradient_that_is_not_finite_updates_nothing()
    {
        var backbone = new MixingBackbone(gain: float.NaN);
        TokenTable table = TokenTable.ForBins(backbone, 10);
        SoftPromptWeights start = Larger(Examples.Start(backbone, table));
        var step = new SoftPromptTrainingStep(backbone, table, LabelKind.Series, new TrainingSettings(), start, false);

        double loss = step.Run(Examples.Spikes(4, LabelKind.Series, seed: 1), 1);

        double.IsFinite(loss).Should().BeFalse();
        step.Weights.Prompt.ToArray().Should().Equal(start.Prompt.ToArray());
    }

    /// <summary>A head of about unit size, so that gradients stand out of rounding.</summary>
    private static SoftPromptWeights Larger(SoftPromptWeights start) => new(start.PromptLength, start.HiddenSize, start.Prompt, start.MissingRow,
        start.HeadWeight.ToArray().Select(w => 50 * w).ToArray(), 0.25f);
}
