using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Evaluation;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Baselines;

/// <summary>The example of docs/baselines.md, word for word, compiled and run.</summary>
public sealed class BaselinesDocsTests
{
    [Fact]
    public void The_example_compares_two_methods()
    {
        LabeledSeries[] training = Draw(90, 1), validation = Draw(30, 2), test = Draw(60, 3);
        var found = new Dictionary<string, double>();

        #region example
        IAnomalyMethod[] methods = [new LargestZScoreMethod(), new BoostedTreesMethod()];
        bool[] labels = test.SelectMany(series => series.Labels.ToArray()).ToArray();
        foreach (IAnomalyMethod method in methods)
        {
            IAnomalyScorer scorer = method.Fit(training, validation, seed: 1);
            double[] scores = scorer.Score(test).ToArray();
            found[method.Name] = RankMetrics.AveragePrecision(scores, labels);
        }
        #endregion

        found.Keys.Should().Equal("Largest |z|", "Boosted trees");
        found["Boosted trees"].Should().BeGreaterThan(0.7);
        Documents.ShouldPrint("docs/baselines.md", "example");

        static LabeledSeries[] Draw(int count, int seed) => ToySeries.Windows(count, seed).Select(w => new LabeledSeries(w.Series, new[] { w.Label }) { Group = w.Host }).ToArray();
    }
}
