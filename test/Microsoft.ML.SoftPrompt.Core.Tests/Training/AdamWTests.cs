namespace Microsoft.ML.SoftPrompt.Training;

public sealed class AdamWTests
{
    [Fact]
    public void Two_steps_are_those_worked_out_by_hand()
    {
        var adam = new AdamW([1f], new TrainingSettings { WeightDecay = 0.1, Epsilon = 0 });

        // Corrected moments after the first step are g and g², so it is decay 0.01 · 0.1 · 1 and a step of 0.01 against the sign.
        adam.Gradient[0] = 4;
        adam.Step(0.01);
        adam.Values[0].Should().BeApproximately(1 - 0.001 - 0.01, 1e-15);

        // Then m = .9 · .4 − .1 · 2 = .16, over 1 − .81; v = .999 · .016 + .001 · 4 = .019984, over 1 − .998001.
        adam.Gradient[0] = -2;
        adam.Step(0.01);
        double expected = 0.989 - 0.01 * (0.1 * 0.989 + 0.16 / 0.19 / Math.Sqrt(0.019984 / 0.001999));
        adam.Values[0].Should().BeApproximately(expected, 1e-14);
    }

    [Fact]
    public void Decay_is_all_that_happens_without_a_gradient()
    {
        var adam = new AdamW([2f, -1f], new TrainingSettings { WeightDecay = 0.5 });

        adam.Step(0.1);

        adam.Values.Should().Equal(2 * 0.95, -1 * 0.95);
    }
}
