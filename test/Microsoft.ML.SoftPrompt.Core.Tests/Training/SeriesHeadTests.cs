namespace Microsoft.ML.SoftPrompt.Training;

public sealed class SeriesHeadTests
{
    private static readonly float[] s_hidden = [1, 2, 3, 6]; // two rows
    private static readonly float[] s_weight = [2, -1];

    [Fact]
    public void Series_logit_reads_the_mean_of_the_rows()
    {
        var logits = new float[1];

        // The mean row is (2, 4): 2 · 2 − 4 + 0.5.
        SeriesHead.Forward(s_hidden, s_weight, 0.5f, LabelKind.Series, SoftPromptPooling.Mean, logits);

        logits.Should().Equal(0.5f);
    }

    [Fact]
    public void Point_logits_read_a_row_each()
    {
        var logits = new float[2];

        SeriesHead.Forward(s_hidden, s_weight, 0.5f, LabelKind.Point, SoftPromptPooling.Mean, logits);

        logits.Should().Equal(0.5f, 0.5f);
    }

    [Fact]
    public void Gradients_of_a_series_are_shared_among_its_rows()
    {
        var hidden = new float[4];
        double[] weight = [10, 20];
        double bias = 1;

        SeriesHead.Backward(s_hidden, s_weight, [4], LabelKind.Series, SoftPromptPooling.Mean, hidden, weight, ref bias);

        hidden.Should().Equal(4, -2, 4, -2);
        weight.Should().Equal(10 + 4 * 2, 20 + 4 * 4);
        bias.Should().Be(5);
    }

    [Fact]
    public void Gradients_of_points_go_to_their_own_rows()
    {
        var hidden = new float[4];
        double[] weight = [0, 0];
        double bias = 0;

        SeriesHead.Backward(s_hidden, s_weight, [1, -3], LabelKind.Point, SoftPromptPooling.Mean, hidden, weight, ref bias);

        hidden.Should().Equal(2, -1, -6, 3);
        weight.Should().Equal(1 - 9, 2 - 18);
        bias.Should().Be(-2);
    }

    [Fact]
    public void Series_logit_can_read_the_maximum_of_each_component()
    {
        var logits = new float[1];

        // Rows (1, 9), (3, 6), (3, −1): the maxima are 3 and 9.
        SeriesHead.Forward([1, 9, 3, 6, 3, -1], s_weight, 0.5f, LabelKind.Series, SoftPromptPooling.Max, logits);

        logits.Should().Equal(2 * 3 - 9 + 0.5f);
    }

    [Fact]
    public void Gradient_of_a_maximum_goes_to_the_first_row_that_has_it()
    {
        var hidden = new float[] { 7, 7, 7, 7, 7, 7 };
        double[] weight = [10, 20];
        double bias = 1;

        SeriesHead.Backward([1, 9, 3, 6, 3, -1], s_weight, [4], LabelKind.Series, SoftPromptPooling.Max, hidden, weight, ref bias);

        hidden.Should().Equal(0, -4, 8, 0, 0, 0);
        weight.Should().Equal(10 + 4 * 3, 20 + 4 * 9);
        bias.Should().Be(5);
    }

    [Fact]
    public void Maximum_does_not_pass_over_what_is_no_number()
    {
        var logits = new float[1];

        SeriesHead.Forward([1, 2, float.NaN, 3, 5, 1], s_weight, 0, LabelKind.Series, SoftPromptPooling.Max, logits);

        logits[0].Should().Be(float.NaN);
    }
}
