using Microsoft.ML.SoftPrompt.Tool.Data;
using Microsoft.ML.SoftPrompt.Tool.Models;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Models;

public sealed class ControlsTests
{
    private static ReadingSeries Series(string name, float[] values, params int[] anomalies) =>
        new(name, values.Select((value, i) => new Reading(value, null, anomalies.Contains(i), 0, i)).ToArray());

    [Fact]
    public void Windows_are_scored_by_their_largest_deviation_and_jump()
    {
        // Mean 4, deviation 3 (values 1 and 7).
        TrainingSettings settings = new() { Window = 2, Stride = 2, Scale = SeriesScale.All };
        ReadingSeries train = Series("a", [1, 7, 1, 7], 3);

        ControlNotes notes = Controls.Fit([train], [], settings);
        IReadOnlyList<JudgedItem> items = JudgedItems.Of([Series("b", [4, 13, 1, 1, 99])], settings);

        notes.Whole.Should().Be(new Spread(4, 3));
        notes.ChosenOnValidation.Should().BeFalse();
        items.Select(item => Controls.ZScore(item, notes)).Should().Equal(3, 1);
        items.Select(item => Controls.Jump(item, notes)).Should().Equal(9, 0);
    }

    [Fact]
    public void A_group_of_its_own_scale_is_measured_by_itself_and_an_unknown_one_by_the_whole()
    {
        TrainingSettings settings = new() { Window = 2, Stride = 2, Scale = SeriesScale.Group };
        ControlNotes notes = Controls.Fit([Series("a", [1, 7], 0), Series("b", [100, 300])], [], settings);
        IReadOnlyList<JudgedItem> items = JudgedItems.Of([Series("a", [4, 10]), Series("b", [200, 300]), Series("c", [102, 102])], settings);

        notes.Groups["b"].Should().Be(new Spread(200, 100));
        items.Take(2).Select(item => Controls.ZScore(item, notes)).Should().Equal(2, 1);
        items.Take(2).Select(item => Controls.Jump(item, notes)).Should().Equal(2, 1);
        // The whole: values 1, 7, 100, 300, mean 102.
        Controls.ZScore(items[2], notes).Should().Be(0);
    }

    [Fact]
    public void Readings_are_scored_by_their_own_deviation_and_the_jump_from_the_last_one_there()
    {
        TrainingSettings settings = new() { PointLabels = true, Scale = SeriesScale.All };
        ControlNotes notes = Controls.Fit([Series("a", [1, 7], 0)], [], settings);
        IReadOnlyList<JudgedItem> items = JudgedItems.Of([Series("a", [float.NaN, 4, float.NaN, 10, 7])], settings);

        items.Select(item => Controls.ZScore(item, notes)).Should().Equal(0, 0, 0, 2, 1);
        items.Select(item => Controls.Jump(item, notes)).Should().Equal(0, 0, 0, 6, 3);
    }

    [Fact]
    public void Thresholds_come_from_validation_where_it_has_an_anomaly()
    {
        TrainingSettings settings = new() { PointLabels = true, Scale = SeriesScale.All };
        ReadingSeries train = Series("a", [1, 7, 1, 7], 1);

        ControlNotes notes = Controls.Fit([train], [Series("a", [4, 10, 16], 2)], settings);

        notes.ChosenOnValidation.Should().BeTrue();
        // z-scores 0, 2, 4: midway between the anomaly and what lies below it.
        notes.ZScoreThreshold.Should().Be(3);
        notes.MostAreAnomalous.Should().BeFalse();
    }
}
