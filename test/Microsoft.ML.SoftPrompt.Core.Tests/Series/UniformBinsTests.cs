namespace Microsoft.ML.SoftPrompt.Series;

public sealed class UniformBinsTests
{
    [Fact]
    public void Edges_and_centres_lie_at_even_distances()
    {
        var bins = new UniformBins(-1, 1, 4);

        Enumerable.Range(0, 5).Select(bins.GetEdge).Should().Equal(-1, -0.5, 0, 0.5, 1);
        Enumerable.Range(0, 4).Select(bins.GetCenter).Should().Equal(-0.75, -0.25, 0.25, 0.75);
    }

    [Fact]
    public void The_last_edge_is_the_upper_limit_whatever_the_lower_one_is() => new UniformBins(-1e30f, 1e-10f, 3).GetEdge(3).Should().Be(1e-10f);
}
