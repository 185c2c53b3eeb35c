using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Balancing;

/// <summary>The example of docs/balance-tsmote.md, word for word, compiled and run; and what it says of nested chains.</summary>
public sealed class BalanceTSmoteDocsTests
{
    [Fact]
    public void The_example_runs()
    {
        var ml = new MLContext(seed: 1);
        var windows = ml.Data.LoadFromEnumerable(ToySeries.Windows(60));
        var trainer = ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1));

        #region example
        var pipeline = ml.Transforms.BalanceTSmote("Series", labelColumnName: "Label", samplingKeyColumnName: "Host")
            .Append(ml.Transforms.QuantizeSeries("Tokens", "Series"))
            .Append(trainer);                                    // ml.AnomalyDetection.Trainers.SoftPrompt, with the same samplingKeyColumnName
        var model = pipeline.Fit(windows);                       // the quantizer and the trainer see balanced rows
        IDataView scored = model.Transform(windows);             // a row for each row of windows, none of them synthetic

        TSmoteBalancingTransformer balancer = ml.Transforms.BalanceTSmote("Series", samplingKeyColumnName: "Host").Fit(windows);
        IDataView balanced = balancer.Balance(windows);          // the balanced rows themselves
        #endregion

        // 48 rows of four hosts train, 16 of them anomalous and 32 normal.
        model.LastTransformer.Model.ValidationNote.Should().StartWith("Of 76 rows 64 train, 16 of them synthetic; the 12 rows");
        scored.GetColumn<bool>("IsSynthetic").Should().HaveCount(60).And.OnlyContain(made => !made);
        balanced.GetColumn<bool>("IsSynthetic").Count(made => made).Should().Be(16);
        Documents.ShouldPrint("docs/balance-tsmote.md", "example");
    }

    [Fact]
    public void A_chain_within_a_chain_keeps_synthetic_rows_to_itself()
    {
        var ml = new MLContext(seed: 1);
        var (within, outside) = (new RecordingEstimator(), new RecordingEstimator());
        IEstimator<ITransformer> inner = ml.Transforms.BalanceTSmote("Series").Append(within).Append(ml.Transforms.CopyColumns("Copy", "Start"));

        inner.Append(outside).Fit(ml.Data.LoadFromEnumerable(ToySeries.Windows(60)));

        within.Fits.Should().Equal((76, 16));
        outside.Fits.Should().Equal((60, 0));
    }
}
