namespace Microsoft.ML.SoftPrompt.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Rate_rises_over_the_warm_up_and_falls_to_the_end() =>
        // min(1, (s + 1) / 2) · (4 − s) / 4
        Enumerable.Range(0, 4).Select(new LearningRateSchedule(4, 2).Factor).Should().Equal(0.5, 0.75, 0.5, 0.25);

    [Fact]
    public void Rate_can_fall_as_a_cosine() =>
        // min(1, (s + 1) / 2) · (1 + cos(π s / 4)) / 2
        Enumerable.Range(0, 4).Select(s => Math.Round(new LearningRateSchedule(4, 2, SoftPromptLearningRateDecay.Cosine).Factor(s), 9))
            .Should().Equal(0.5, 0.853553391, 0.5, 0.146446609);

    [Fact]
    public void Rate_can_stay() =>
        Enumerable.Range(0, 4).Select(new LearningRateSchedule(4, 2, SoftPromptLearningRateDecay.Constant).Factor).Should().Equal(0.5, 1, 1, 1);

    [Theory]
    [InlineData(100, 0.06, 6)]
    [InlineData(101, 0.06, 7)]
    [InlineData(10, 0, 1)]
    public void Warm_up_is_a_share_of_the_steps_and_at_least_one(int steps, double fraction, int expected) =>
        LearningRateSchedule.WithWarmUp(steps, fraction).WarmUpSteps.Should().Be(expected);
}
