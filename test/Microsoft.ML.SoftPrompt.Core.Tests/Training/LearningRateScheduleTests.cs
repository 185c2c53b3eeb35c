namespace Microsoft.ML.SoftPrompt.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Rate_rises_over_the_warm_up_and_falls_to_the_end() =>
        // min(1, (s + 1) / 2) · (4 − s) / 4
        Enumerable.Range(0, 4).Select(new LearningRateSchedule(4, 2).Factor).Should().Equal(0.5, 0.75, 0.5, 0.25);

    [Theory]
    [InlineData(100, 0.06, 6)]
    [InlineData(101, 0.06, 7)]
    [InlineData(10, 0, 1)]
    public void Warm_up_is_a_share_of_the_steps_and_at_least_one(int steps, double fraction, int expected) =>
        LearningRateSchedule.WithWarmUp(steps, fraction).WarmUpSteps.Should().Be(expected);
}
