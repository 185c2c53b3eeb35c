using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

public sealed class LstmTrainingStepTests
{
    private static readonly Config s_few = Config.QuickThrowOnFailure.WithMaxTest(12);

    [Fact]
    public void One_unit_and_one_step_are_those_worked_out_by_hand()
    {
        // Weights and biases of one layer with one unit; with a single step the recurrent weights do nothing.
        float[] values = [0.5f, -1f, 2f, 0.25f, 9, 9, 9, 9, 0.1f, 0, 0, 0.2f, 0, 0, -0.3f, 0, 1.5f, -0.5f];
        var network = new LstmNetwork(new LstmWeights(new LstmShape(1, 1, 1), values), LabelKind.Series);

        double i = Sigmoid(0.5 * 0.8 + 0.1), g = Math.Tanh(2 * 0.8 - 0.3), o = Sigmoid(0.25 * 0.8 + 0.2);
        network.Score([new LstmExample([0.8f], [0])])[0].Should().BeApproximately((float)(1.5 * o * Math.Tanh(i * g) - 0.5), 1e-6f);

        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Gradient_is_that_of_finite_differences(int layers) => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        LabelKind kind = random.Next(2) == 0 ? LabelKind.Series : LabelKind.Point;
        LstmWeights weights = LstmWeights.Random(new LstmShape(random.Next(1, 4), random.Next(1, 7), layers), random);
        LstmExample[] batch = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Example(random, weights.Shape.Inputs, random.Next(1, 8), kind)).ToArray();
        var step = new LstmTrainingStep(weights, kind, learningRate: 1);
        step.ComputeGradient(batch);
        double[] gradient = step.Gradient.ToArray();
        double largest = gradient.Max(Math.Abs);

        // In single precision a loss of about 1 is right to some 1e-7, so that a difference over 2e-2 is right to 1e-5.
        const float Step = 1e-2f;
        foreach (int p in Enumerable.Range(0, 12).Select(_ => random.Next(gradient.Length)))
            gradient[p].Should().BeApproximately((Loss(p, Step) - Loss(p, -Step)) / (2 * Step), 1e-4 + 1e-3 * largest, "of parameter {0}", p);

        double Loss(int parameter, float change)
        {
            float[] values = weights.Values.ToArray();
            values[parameter] += change;
            return new LstmTrainingStep(weights with { Values = values }, kind, learningRate: 1).ComputeGradient(batch);
        }
    }).Check(s_few);

    [Fact]
    public void Scores_do_not_depend_on_the_other_series() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        LstmWeights weights = LstmWeights.Random(new LstmShape(2, random.Next(1, 70), 2), random);
        var network = new LstmNetwork(weights, LabelKind.Point);
        LstmExample[] examples = Enumerable.Range(0, random.Next(1, 40)).Select(_ => Example(random, 2, random.Next(1, 60), LabelKind.Point)).ToArray();

        float[] together = network.Score(examples);

        together.Should().Equal(examples.SelectMany(example => network.Score([example])), "bit for bit");
    }).Check(s_few);

    [Fact]
    public void Last_step_answers_for_a_series_and_every_step_for_its_own_value()
    {
        var random = new Random(5);
        LstmWeights weights = LstmWeights.Random(new LstmShape(2, 9, 2), random);
        LstmExample example = Example(random, 2, 6, LabelKind.Point);

        float[] points = new LstmNetwork(weights, LabelKind.Point).Score([example]);

        for (int length = 1; length <= 6; length++)
            new LstmNetwork(weights, LabelKind.Series).Score([example with { Inputs = example.Inputs[..(2 * length)] }]).Should().Equal(points[length - 1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Long_series_score_in_pieces_as_they_would_at_once(bool points)
    {
        var random = new Random(6);
        LabelKind kind = points ? LabelKind.Point : LabelKind.Series;
        LstmWeights weights = LstmWeights.Random(new LstmShape(2, 9, 3), random);
        // Ends before, at and behind those of pieces; the first ones share a group.
        LstmExample[] examples = new[] { 3, 255, 256, 257, 1, 2000, 511, 512, 513, 5 }.Select(steps => Example(random, 2, steps, kind)).ToArray();
        float[] whole = InPieces(int.MaxValue);

        new LstmNetwork(weights, kind).Score(examples).Should().Equal(whole, "bit for bit");
        foreach (int steps in new[] { 1, 7, 255 })
            InPieces(steps).Should().Equal(whole, "bit for bit, in pieces of {0}", steps);

        float[] InPieces(int steps)
        {
            var matrices = new LstmMatrices(weights, forTraining: false);
            var groups = new LstmGroups(matrices, examples, kind);
            var logits = new float[groups.LogitStarts[^1]];
            for (int group = 0; group < groups.Count; group++)
            {
                using var workspace = new Workspace();
                using (matrices.Use())
                    groups.Forward(group, workspace, weights, logits, steps);
            }
            return logits;
        }
    }

    [Fact]
    public void Memory_for_scoring_does_not_grow_with_the_length()
    {
        var random = new Random(7);
        LstmWeights weights = LstmWeights.Random(new LstmShape(2, 64, 2), random);
        var network = new LstmNetwork(weights, LabelKind.Point);
        network.Score([Example(random, 2, 1000, LabelKind.Point)]);
        long before = AlignedMemory.AllocatedBytesForCurrentThread;

        network.Score([Example(random, 2, 6000, LabelKind.Point)]);

        AlignedMemory.AllocatedBytesForCurrentThread.Should().Be(before, "one series is one group, which this thread scores");
    }

    [Fact]
    public void An_update_that_is_not_finite_is_told()
    {
        var random = new Random(8);
        // A step of Adam's first update is the learning rate, and this one is beyond Single.
        var step = new LstmTrainingStep(LstmWeights.Random(new LstmShape(2, 3, 1), random), LabelKind.Series, learningRate: 1e40);
        LstmExample example = Example(random, 2, 4, LabelKind.Series);

        step.Run(new[] { example }).Should().Be(double.NaN);

        step.Weights.Values.ToArray().Should().OnlyContain(value => float.IsFinite(value), "the last finite ones are kept");
        Action train = () => LstmTrainingLoop.Run(2, LabelKind.Series, [example], [], new LstmSettings { HiddenSize = 3, Epochs = 1, LearningRate = 1e40 });
        train.Should().Throw<InvalidOperationException>().WithMessage("*no longer finite in batch 1 of 1 of epoch 1*");
    }

    private static LstmExample Example(Random random, int inputs, int steps, LabelKind kind) =>
        new(Enumerable.Range(0, steps * inputs).Select(_ => 4 * random.NextSingle() - 2).ToArray(),
            Enumerable.Range(0, kind == LabelKind.Series ? 1 : steps).Select(_ => (float)random.Next(2)).ToArray());
}
