using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Balancing;

/// <summary>Who sees synthetic rows: the stages that a chain fits after the balancer, and nobody else.</summary>
public sealed class BalancingChainTests
{
    private const int RowCount = 60; // of which 20 are anomalous; 48 train, 16 of them anomalous: 16 synthetic rows
    private readonly MLContext _ml = new(seed: 1);
    private readonly RecordingEstimator _before = new();
    private readonly RecordingEstimator _between = new();
    private readonly RecordingEstimator _behind = new();

    public enum Place
    {
        First,
        Middle,
        Last,
    }

    [Theory]
    [InlineData(Place.First, 16)]
    [InlineData(Place.Middle, 16)]
    [InlineData(Place.Last, 0)]
    public void Only_the_stages_fitted_after_it_and_before_the_detector_see_synthetic_rows(Place place, int synthetic)
    {
        var view = View();

        var model = Chain(place).Fit(view);

        _before.Fits.Should().Equal((RowCount, 0));
        _between.Fits.Should().Equal((RowCount + synthetic, synthetic));
        _behind.Fits.Should().Equal((RowCount, 0));
        Numbers(model.Transform(view)).Should().Equal(Enumerable.Range(0, RowCount));
        model.Transform(view).GetColumn<bool>("IsSynthetic").Should().OnlyContain(made => !made);
        var metrics = _ml.BinaryClassification.EvaluateNonCalibrated(model.Transform(view));
        metrics.ConfusionMatrix.Counts.Sum(counts => counts.Sum()).Should().Be(RowCount);
    }

    [Theory]
    [InlineData(Place.First)]
    [InlineData(Place.Middle)]
    [InlineData(Place.Last)]
    public void No_fold_of_a_cross_validation_sees_one(Place place)
    {
        var view = View();

        var folds = _ml.BinaryClassification.CrossValidateNonCalibrated(view, Chain(place), numberOfFolds: 2, seed: 3);

        folds.SelectMany(fold => Numbers(fold.ScoredHoldOutSet)).Should().BeEquivalentTo(Enumerable.Range(0, RowCount), "every row is tested once, and no other");
        folds.SelectMany(fold => fold.ScoredHoldOutSet.GetColumn<bool>("IsSynthetic")).Should().OnlyContain(made => !made);
        folds.Sum(fold => fold.Metrics.ConfusionMatrix.Counts.Sum(counts => counts.Sum())).Should().Be(RowCount);
        _before.Fits.Concat(_behind.Fits).Should().HaveCount(4).And.OnlyContain(fit => fit.Synthetic == 0);
        _between.Fits.Should().HaveCount(2).And.OnlyContain(fit => fit.Synthetic > 0 == (place != Place.Last));
    }

    [Fact]
    public void An_engine_sees_none_and_asks_for_no_label()
    {
        var chain = _ml.Transforms.BalanceTSmote("Series").Append(_ml.Transforms.QuantizeSeries("Tokens", "Series")).Append(_ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1)));
        var model = chain.Fit(View());
        using var engine = _ml.Model.CreatePredictionEngine<Query, MarkedAnswer>(model);

        var answer = engine.Predict(new Query { Series = ToySeries.Windows(1)[0].Series });

        (answer.IsSynthetic, answer.IsValidation).Should().Be((false, false));
        answer.Score.Should().Be(model.Transform(_ml.Data.LoadFromEnumerable(ToySeries.Windows(1))).GetColumn<float>("Score").Single());
    }

    [Fact]
    public void A_chain_trains_on_the_rows_that_Balance_gives()
    {
        var view = View();
        var options = new TSmoteBalancer.Options { Seed = 4 };
        string[]? fitted = null;
        var spy = new SpyEstimator(input => fitted = Rows(input));

        var model = _ml.Transforms.BalanceTSmote(options).Append(spy).Fit(view);

        fitted.Should().Equal(Rows(((TSmoteBalancingTransformer)model.First()).Balance(view))).And.HaveCount(RowCount + 16);
    }

    [Fact]
    public void The_detector_keeps_the_split()
    {
        var chain = _ml.Transforms.BalanceTSmote("Series").Append(_ml.Transforms.QuantizeSeries("Tokens", "Series")).Append(_ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1)));

        chain.Fit(View()).LastTransformer.Model.ValidationNote.Should().StartWith("Of 76 rows 64 train, 16 of them synthetic; the 12 rows that BalanceTSmote held out");
    }

    [Fact]
    public void The_promised_schema_is_the_one_that_comes_in_training_and_out_of_it()
    {
        var view = View();
        var balancer = _ml.Transforms.BalanceTSmote("Series");
        var transformer = balancer.Fit(view);
        string[] Columns(DataViewSchema schema) => schema.Select(column => $"{column.Name} {column.Type}").ToArray();

        Columns(transformer.Balance(view).Schema).Should().Equal(Columns(transformer.Transform(view).Schema))
            .And.Equal(Columns(transformer.GetOutputSchema(view.Schema)));
        Columns(view.Schema).Concat(["IsSynthetic Boolean", "IsValidation Boolean"]).Should().Equal(Columns(transformer.GetOutputSchema(view.Schema)));
    }

    private EstimatorChain<ITransformer> Chain(Place place)
    {
        var chain = new EstimatorChain<ITransformer>().Append(_before);
        void Balance(Place here) => chain = here == place ? chain.Append<ITransformer>(_ml.Transforms.BalanceTSmote("Series")) : chain;

        Balance(Place.First);
        chain = chain.Append<ITransformer>(_ml.Transforms.CopyColumns("Copy", "Start"));
        Balance(Place.Middle);
        chain = chain.Append<ITransformer>(_ml.Transforms.QuantizeSeries("Tokens", "Series")).Append(_between)
            .Append<ITransformer>(_ml.BinaryClassification.Trainers.SoftPrompt(ToySeries.Options(1))).Append(_behind);
        Balance(Place.Last);
        return chain;
    }

    private IDataView View() => _ml.Data.LoadFromEnumerable(ToySeries.Windows(RowCount));

    private static IEnumerable<int> Numbers(IDataView view) => view.GetColumn<long>("Start").Select(start => (int)start);

    private string[] Rows(IDataView view) => _ml.Data.CreateEnumerable<MarkedWindow>(view, reuseRowObject: false)
        .Select(row => $"{row.Start} {row.Label} {row.IsSynthetic} {row.IsValidation} {string.Join(' ', row.Series.Select(BitConverter.SingleToUInt32Bits))}").ToArray();

    private sealed class MarkedWindow
    {
        public float[] Series { get; set; } = [];

        public bool Label { get; set; }

        public long Start { get; set; }

        public bool IsSynthetic { get; set; }

        public bool IsValidation { get; set; }
    }

    private sealed class MarkedAnswer
    {
        public float Score { get; set; }

        public bool IsSynthetic { get; set; } = true;

        public bool IsValidation { get; set; } = true;
    }

    private sealed class SpyEstimator(Action<IDataView> look) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input)
        {
            look(input);
            return new TransformerChain<ITransformer>();
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inputSchema;
    }
}
