using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Methods;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Benchmarks.Methods;

public sealed class ScaledBySeriesMethodTests
{
    [Fact]
    public void Each_series_fills_0_to_1_a_constant_one_lies_in_the_middle_and_a_missing_value_stays_missing()
    {
        var seen = new Recording();
        LabeledSeries Series(params float[] values) => new(values, new bool[1]) { Group = "glucose" };

        var scorer = new ScaledBySeriesMethod(seen).Fit([Series(10, 30, 20)], [Series(7, 7)], seed: 1);
        scorer.Score([Series(-1, float.NaN, 3), Series(float.MinValue, float.MaxValue)]);

        seen.Seen.Select(one => one.Values.ToArray()).Should().BeEquivalentTo(new float[][] { [0, 1, 0.5f], [0.5f, 0.5f], [0, float.NaN, 1], [0, 1] }, options => options.WithStrictOrdering());
        seen.Seen.Should().OnlyContain(one => one.Group == "glucose");
    }

    private sealed class Recording : IAnomalyMethod, IAnomalyScorer
    {
        public List<LabeledSeries> Seen { get; } = [];

        public string Name => "recording";

        public IAnomalyScorer Fit(IReadOnlyList<LabeledSeries> training, IReadOnlyList<LabeledSeries> validation, int seed, CancellationToken cancellation = default)
        {
            Seen.AddRange([.. training, .. validation]);
            return this;
        }

        public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default)
        {
            Seen.AddRange(series);
            return new double[series.Count];
        }
    }
}
