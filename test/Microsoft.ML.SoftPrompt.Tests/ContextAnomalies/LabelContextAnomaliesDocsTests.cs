using System.Runtime.CompilerServices;

namespace Microsoft.ML.SoftPrompt.Tests.ContextAnomalies;

/// <summary>The example of docs/label-context-anomalies.md, word for word, compiled and run.</summary>
public sealed class LabelContextAnomaliesDocsTests
{
    private sealed class ContextLabels
    {
        public bool IsContextAnomaly { get; set; }

        public bool[] ContextAnomalies { get; set; } = [];

        public double[] ContextEvidence { get; set; } = [];
    }

    [Fact]
    public void The_example_labels_windows()
    {
        var ml = new MLContext(seed: 1);
        IDataView readings = ml.Data.LoadFromEnumerable(Reading.Series("web", [.. Enumerable.Range(0, 200).Select(i => MathF.Sin(i) + (i == 70 ? 9 : 0))]));
        IDataView windows = ml.Data.WindowSeries(readings, "Series", "Value", windowSize: 50, stride: 50);

        #region example
        var labeler = ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series", SplitCorrection.Bonferroni);
        IDataView labelled = labeler.Fit(windows).Transform(windows);
        ContextLabels[] labels = ml.Data.CreateEnumerable<ContextLabels>(labelled, reuseRowObject: false).ToArray();
        #endregion

        labels.Select(l => l.IsContextAnomaly).Should().Equal(false, true, false, false);
        labels[1].ContextAnomalies[1].Should().BeTrue("value 70 is a spike, at place 20 of the second window");
        labels[1].ContextEvidence[3].Should().BeOneOf(20, 21);
    }

    [Fact]
    public void The_page_prints_what_is_run_here()
    {
        string source = File.ReadAllText(ThisFile()), page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/label-context-anomalies.md"));
        const string Start = "#region example";
        string code = source[(source.IndexOf(Start, StringComparison.Ordinal) + Start.Length)..];

        Words(page).Should().Contain(Words(code[..code.IndexOf("#endregion", StringComparison.Ordinal)]));
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
