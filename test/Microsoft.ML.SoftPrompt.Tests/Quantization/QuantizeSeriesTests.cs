using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Quantization;

public sealed class QuantizeSeriesTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public string Host { get; set; } = "";

        public float[] Series { get; set; } = [];

        public uint[] Features { get; set; } = [];
    }

    [Fact]
    public void Values_become_the_keys_of_their_bins()
    {
        // Range 0 to 10 in 10 bins: eq. (1) by hand.
        var transformer = _ml.Transforms.QuantizeSeries("Features", "Series", binCount: 10).Fit(View([0, 10, 5]));

        Read(transformer.Transform(View([0, 0.99f, 1, 9.99f, 10], [float.NaN, -1, 11])))
            .Should().BeEquivalentTo(new uint[][] { [1, 1, 2, 10, 10], [0, 1, 10] }, o => o.WithStrictOrdering());
        transformer.BinCount.Should().Be(10);
        (transformer.Minimum, transformer.Maximum).Should().Be((0, 10));
    }

    [Fact]
    public void The_column_is_a_vector_of_keys_whose_count_is_the_number_of_bins()
    {
        var view = _ml.Transforms.QuantizeSeries("Features", "Series", binCount: 10).Fit(View([0, 1])).Transform(View([0, 1]));

        view.Schema["Features"].Type.Should().Be(new VectorDataViewType(new KeyDataViewType(typeof(uint), 10)));
    }

    [Fact]
    public void Values_outside_the_range_are_counted_once_a_cursor()
    {
        var transformer = _ml.Transforms.QuantizeSeries("Features", "Series", binCount: 10).Fit(View([0, 1]));
        var messages = Logs.Collect(_ml);

        Read(transformer.Transform(View([2, 0, -1], [0.5f])));

        messages.Where(m => m.Contains("outside")).Should().ContainSingle().Which.Should().Contain("2 of 4 values").And.Contain("'Series'");
    }

    [Fact]
    public void Each_group_has_its_own_range_and_an_unseen_one_takes_the_whole()
    {
        Query[] fit = [new() { Host = "small", Series = [0, 1] }, new() { Host = "large", Series = [0, 100] }];
        Query[] rows = [new() { Host = "small", Series = [1] }, new() { Host = "large", Series = [1] }, new() { Host = "new", Series = [51] }];
        var messages = Logs.Collect(_ml);

        var transformer = _ml.Transforms.QuantizeSeries("Features", "Series", binCount: 10, groupColumnName: "Host").Fit(_ml.Data.LoadFromEnumerable(fit));

        Read(transformer.Transform(_ml.Data.LoadFromEnumerable(rows))).Should().BeEquivalentTo(new uint[][] { [10], [1], [6] }, o => o.WithStrictOrdering());
        messages.Should().ContainMatch("*1 of 3 rows belong to a group*'Host'*");
    }

    [Fact]
    public void A_group_without_a_value_takes_the_whole_too()
    {
        Query[] rows = [new() { Host = "full", Series = [0, 10] }, new() { Host = "silent", Series = [float.NaN] }];
        var messages = Logs.Collect(_ml);

        var transformer = _ml.Transforms.QuantizeSeries("Features", "Series", binCount: 10, groupColumnName: "Host").Fit(_ml.Data.LoadFromEnumerable(rows));

        transformer.Groups.Should().Equal("full");
        Read(transformer.Transform(_ml.Data.LoadFromEnumerable(new Query[] { new() { Host = "silent", Series = [10] } }))).Should().ContainSingle().Which.Should().Equal(10);
        messages.Should().ContainMatch("*1 of 1 rows belong to a group*'Host' without a value in the fitted data*");
    }

    [Fact]
    public void Groups_are_compared_by_their_text()
    {
        var fitted = _ml.Transforms.QuantizeSeries("Features", "Series", 10, "Label").Fit(_ml.Data.LoadFromEnumerable(new Window[] { new() { Label = true, Series = [0, 10] }, new() { Series = [0, 100] } }));

        fitted.Groups.Should().Equal("true", "false");
        Read(fitted.Transform(_ml.Data.LoadFromEnumerable(new[] { new { Host = "", Label = "true", Series = new float[] { 10 } }, new { Host = "", Label = "false", Series = new float[] { 10 } } })))
            .Should().BeEquivalentTo(new uint[][] { [10], [2] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void A_constant_range_warns()
    {
        var messages = Logs.Collect(_ml);

        _ml.Transforms.QuantizeSeries("Features", "Series", binCount: 10).Fit(View([3, 3, 3]));

        messages.Should().ContainMatch("*Kind=Warning*'Series' is the single value 3*");
    }

    [Fact]
    public void An_infinity_is_named_by_row_and_place() =>
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Series").Fit(View([1, 2], [3, float.NegativeInfinity])))
            .Should().Throw<InvalidOperationException>().WithMessage("*'Series' holds*row 1, value 1*");

    [Fact]
    public void Data_without_rows_or_values_are_refused()
    {
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Series").Fit(View()))
            .Should().Throw<InvalidOperationException>().WithMessage("*no rows*'Series'*");
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Series").Fit(View([float.NaN])))
            .Should().Throw<InvalidOperationException>().WithMessage("*'Series' holds no value but missing ones*");
    }

    [Fact]
    public void A_group_that_no_file_can_keep_is_refused() =>
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Series", groupColumnName: "Host")
                .Fit(_ml.Data.LoadFromEnumerable(new Query[] { new() { Host = "web", Series = [1] }, new() { Host = "\ud800", Series = [2] } })))
            .Should().Throw<InvalidOperationException>().WithMessage("*group column 'Host' holds half a surrogate pair in row 1 *");

    [Theory]
    [InlineData("")]
    [InlineData("\0 \n\t\"\\{0}")]
    [InlineData("Straße 🚀 \uFFFD")]
    public void A_group_of_any_name_is_found_again_after_loading(string name)
    {
        var view = _ml.Data.LoadFromEnumerable(new Query[] { new() { Host = name, Series = [0, 10] }, new() { Host = "other", Series = [0, 100] } });
        using var file = new MemoryStream();
        _ml.Model.Save(_ml.Transforms.QuantizeSeries("Features", "Series", 10, "Host").Fit(view), view.Schema, file);
        file.Position = 0;

        var loaded = (QuantizingTransformer)_ml.Model.Load(file, out _);

        loaded.Groups.Should().Equal(name, "other");
        Read(loaded.Transform(view)).Should().BeEquivalentTo(new uint[][] { [1, 10], [1, 10] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void A_missing_column_and_a_wrong_type_are_named()
    {
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Sereis").Fit(View([1])))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Sereis' is not in the data*'Host', 'Series'*");
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Host").Fit(View([1])))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Host' is String; expected a vector of Single*");
        FluentActions.Invoking(() => _ml.Transforms.CopyColumns("Copy", "Host").Append(_ml.Transforms.QuantizeSeries("Features", "Copy")).Fit(View([1])))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Copy' is Scalar of String; expected a vector of Single*WindowSeries*");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2001)]
    public void The_number_of_bins_has_limits(int bins) =>
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Series", bins))
            .Should().Throw<ArgumentException>().WithMessage($"*BinCount is {bins}; expected 2 to 2000*");

    [Fact]
    public void Each_series_can_be_scaled_by_itself()
    {
        var transformer = Fit(new() { BinCount = 10, ScaleEachSeries = true }, View([float.NaN]));

        Read(transformer.Transform(View([0, 1, 10], [500, 600], [7, 7], [float.NaN, 3], [float.NaN])))
            .Should().BeEquivalentTo(new uint[][] { [1, 2, 10], [1, 10], [6, 6], [0, 6], [0] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void A_series_scaled_by_itself_can_have_bins_at_its_own_quantiles()
    {
        // Five values at the quantiles 0, 0.25 … 1: edges 1, 2, 4, 8, 16.
        var transformer = Fit(new() { BinCount = 4, ScaleEachSeries = true, Binning = QuantizationBinning.Quantile }, View([0]));

        Read(transformer.Transform(View([16, 1, 2, 8, 4]))).Single().Should().Equal(4, 1, 2, 4, 3);
    }

    [Fact]
    public void Values_outside_are_counted_by_the_range_of_their_own_series()
    {
        // The quantiles 0.25 and 0.75 of 0 … 4 are 1 and 3.
        var transformer = Fit(new() { BinCount = 2, ScaleEachSeries = true, LowerQuantile = 0.25, UpperQuantile = 0.75 }, View([0]));
        var messages = Logs.Collect(_ml);

        Read(transformer.Transform(View([0, 1, 2, 3, 4], [7, 7]))).Should().BeEquivalentTo(new uint[][] { [1, 1, 2, 2, 2], [2, 2] }, o => o.WithStrictOrdering());

        messages.Should().ContainMatch("*2 of 7 values*outside the range of their own series and went*");
    }

    [Fact]
    public void Series_scaled_by_themselves_cannot_be_turned_back()
    {
        var transformer = Fit(new() { ScaleEachSeries = true }, View([0, 1]));

        foreach (Action action in new Action[] { () => transformer.Dequantize([1]), () => transformer.GetBinEdges(), () => transformer.GetBinCenters(), () => _ = transformer.Minimum, () => _ = transformer.Maximum })
            action.Should().Throw<InvalidOperationException>().WithMessage("Every series was scaled by its own values*");
        transformer.Groups.Should().BeEmpty();
    }

    [Fact]
    public void A_robust_range_is_not_stretched_by_a_few_values()
    {
        // 0 … 100 and the quantiles 0.1 and 0.9: range 10 to 90, bins of width 8.
        var messages = Logs.Collect(_ml);
        var transformer = Fit(new() { BinCount = 10, LowerQuantile = 0.1, UpperQuantile = 0.9 }, View(Numbers(101)));

        Read(transformer.Transform(View([9, 10, 17.9f, 18, 90, 91, 1e9f]))).Single().Should().Equal(1, 1, 1, 2, 10, 10, 10);
        (transformer.Minimum, transformer.Maximum).Should().Be((10, 90));
        messages.Should().ContainMatch("*3 of 7 values*outside the fitted range and went to the first or the last bin*");
    }

    [Fact]
    public void Bins_at_quantiles_follow_the_values()
    {
        // Nine values: the quantile at p stands at place 8 p, and the edges of four bins are the values 0, 2, 4, 6 and 8 (from 0).
        var transformer = Fit(new() { BinCount = 4, Binning = QuantizationBinning.Quantile }, View([1, 2, 4, 8], [16, 32, 64, 128, 256]));

        transformer.GetBinEdges().ToArray().Should().Equal(1, 4, 16, 64, 256);
        transformer.GetBinCenters().ToArray().Should().Equal(2.5f, 10, 40, 160);
        Read(transformer.Transform(View([1, 3, 4, 63, 64, 256]))).Single().Should().Equal(1, 1, 2, 3, 4, 4);
    }

    [Fact]
    public void Repeated_values_that_leave_bins_without_width_are_said()
    {
        var messages = Logs.Collect(_ml);

        // Of eleven values the edges of ten bins are the values themselves: six bins lie between the seven zeros.
        var transformer = Fit(new() { BinCount = 10, Binning = QuantizationBinning.Quantile }, View([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]));

        messages.Should().ContainMatch("*Kind=Warning*'Series' repeat*6 of the 10 bins*");
        Read(transformer.Transform(View([0, 0.5f, 1, 4]))).Single().Should().Equal(4, 7, 8, 10);
        transformer.Dequantize([4]).Should().Equal(0);
    }

    [Theory]
    [InlineData(OutsideValues.EndBins, new uint[] { 1, 3, 4, 0 }, 4, "went to the first or the last bin")]
    [InlineData(OutsideValues.OwnBins, new uint[] { 1, 4, 6, 0 }, 6, "went to the bin below the range or the one above it")]
    [InlineData(OutsideValues.Missing, new uint[] { 0, 3, 0, 0 }, 4, "became missing")]
    public void Values_outside_go_where_the_option_says(OutsideValues outside, uint[] tokens, int keys, string said)
    {
        var messages = Logs.Collect(_ml);
        var transformer = Fit(new() { BinCount = 4, OutsideValues = outside }, View([0, 1]));
        var view = transformer.Transform(View([-1, 0.5f, 2, float.NaN]));

        Read(view).Single().Should().Equal(tokens);
        view.Schema["Features"].Type.Should().Be(new VectorDataViewType(new KeyDataViewType(typeof(uint), keys)));
        messages.Should().ContainMatch($"*2 of 4 values*{said}*");
    }

    [Fact]
    public void The_trainer_takes_as_many_tokens_as_there_can_be()
    {
        var view = Fit(new() { BinCount = 2000, OutsideValues = OutsideValues.OwnBins }, View([0, 1])).Transform(View([0, 1]));

        TokenColumn.GetBinCount(view.Schema["Features"]).Should().Be(2002);
    }

    [Fact]
    public void Edges_centres_and_values_are_those_of_the_group()
    {
        Query[] fit = [new() { Host = "small", Series = [0, 1] }, new() { Host = "large", Series = [0, 100] }];
        var transformer = Fit(new() { BinCount = 4, GroupColumnName = "Host", OutsideValues = OutsideValues.OwnBins }, _ml.Data.LoadFromEnumerable(fit));

        transformer.Groups.Should().BeEquivalentTo("small", "large");
        transformer.GetBinEdges("small").ToArray().Should().Equal(0, 0.25f, 0.5f, 0.75f, 1);
        transformer.GetBinCenters("small").ToArray().Should().Equal(0.125f, 0.375f, 0.625f, 0.875f);
        transformer.GetBinEdges().ToArray().Should().Equal(0, 25, 50, 75, 100);
        transformer.Dequantize([0, 1, 2, 5, 6], "small").Should().Equal(float.NaN, 0, 0.125f, 0.875f, 1);
        transformer.Dequantize([2], "large").Should().Equal(12.5f);
        transformer.Invoking(t => t.GetBinEdges("new")).Should().Throw<ArgumentException>().WithMessage("*No group 'new'*2 that do, e.g. 'small'*");
        transformer.Invoking(t => t.Dequantize([1, 7])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*index 1 is 7*0 (missing) to 6*");
    }

    [Fact]
    public void Values_come_back_within_half_a_bin_of_their_group()
    {
        Prop.ForAll(Data().ToArbitrary(), (Func<Query[], bool>)(rows =>
        {
            var view = _ml.Data.LoadFromEnumerable(rows);
            var transformer = Fit(new() { BinCount = 20, GroupColumnName = "Host" }, view);
            return _ml.Data.CreateEnumerable<Row>(transformer.Transform(view), reuseRowObject: false).All(row =>
            {
                var edges = transformer.GetBinEdges(transformer.Groups.Contains(row.Host) ? row.Host : null).Span;
                double half = ((double)edges[^1] - edges[0]) / 40, rounding = 1e-6 * Math.Max(Math.Abs(edges[0]), Math.Abs(edges[^1]));
                return transformer.Dequantize(row.Features, transformer.Groups.Contains(row.Host) ? row.Host : null)
                    .Zip(row.Series, (back, value) => float.IsNaN(value) ? float.IsNaN(back) : Math.Abs((double)back - value) <= half + rounding).All(near => near);
            });
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_saved_quantizer_answers_the_same()
    {
        var gen = from rows in Data() from settings in Settings() select (rows, settings);
        Prop.ForAll(gen.ToArbitrary(), (Func<(Query[], QuantizingEstimator.Options), bool>)(p =>
        {
            var view = _ml.Data.LoadFromEnumerable(p.Item1);
            var transformer = Fit(p.Item2, view);
            using var file = new MemoryStream();
            _ml.Model.Save(transformer, view.Schema, file);
            file.Position = 0;

            var loaded = (QuantizingTransformer)new MLContext().Model.Load(file, out _);

            // Other values than the fitted ones, so that some lie outside.
            var other = _ml.Data.LoadFromEnumerable(p.Item1.Select(row => new Query { Host = row.Host, Series = Array.ConvertAll(row.Series, v => v * 1.5f - 1) }));
            return Text(loaded.Transform(other)) == Text(transformer.Transform(other))
                && loaded.Groups.SequenceEqual(transformer.Groups)
                && (p.Item2.ScaleEachSeries || loaded.GetBinEdges().Span.SequenceEqual(transformer.GetBinEdges().Span));
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_order_of_the_rows_does_not_matter()
    {
        var gen = from rows in Data() from settings in Settings() select (rows, settings);
        Prop.ForAll(gen.ToArbitrary(), (Func<(Query[], QuantizingEstimator.Options), bool>)(p =>
        {
            IDataView view = _ml.Data.LoadFromEnumerable(p.Item1), turned = _ml.Data.LoadFromEnumerable(p.Item1.Reverse());
            return Text(Fit(p.Item2, view).Transform(view)) == string.Join('\n', Text(Fit(p.Item2, turned).Transform(turned)).Split('\n').Reverse());
        })).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(OutsideValues.EndBins)]
    [InlineData(OutsideValues.OwnBins)]
    public void The_promised_schema_is_that_of_the_data(OutsideValues outside)
    {
        IDataView known = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1, 2, 3)), "Series", "Value", windowSize: 3), unknown = View([1, 2], [3]);
        foreach (var view in new[] { known, unknown })
        {
            var estimator = _ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options { OutputColumnName = "Features", InputColumnName = "Series", OutsideValues = outside });
            var probe = new ShapeProbe(_ml);
            estimator.Append(probe).Fit(view);
            var transformer = estimator.Fit(view);
            var schema = transformer.Transform(view).Schema;
            var shape = probe.Shape!.Single(c => c.Name == "Features");

            schema.Select(c => (c.Name, c.Type)).Should().Equal(transformer.GetOutputSchema(view.Schema).Select(c => (c.Name, c.Type)));
            var type = (VectorDataViewType)schema["Features"].Type;
            type.Size.Should().Be(((VectorDataViewType)view.Schema["Series"].Type).Size);
            shape.IsKey.Should().BeTrue();
            shape.ItemType.Should().Be(NumberDataViewType.UInt32);
            shape.Kind.Should().Be(type.IsKnownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector);
        }
    }

    [Fact]
    public void Only_the_columns_asked_for_are_read()
    {
        var source = new RecordingView(_ml.Data.LoadFromEnumerable(new Query[] { new() { Host = "a", Series = [1] } }));
        var view = Fit(new() { GroupColumnName = "Host" }, source).Transform(source);

        using (view.GetRowCursor([view.Schema["Host"]]))
            source.LastColumns.Should().Equal("Host");
        using (view.GetRowCursor([view.Schema["Features"]]))
            source.LastColumns.Should().BeEquivalentTo("Host", "Series");
    }

    [Fact]
    public void Two_cursors_at_once_do_not_disturb_each_other()
    {
        var view = Fit(new() { BinCount = 10, ScaleEachSeries = true, Binning = QuantizationBinning.Quantile }, View([0])).Transform(View([1, 2], [2, 1]));
        using var first = view.GetRowCursor(view.Schema);
        using var second = view.GetRowCursor(view.Schema);
        var (one, two) = (first.GetGetter<VBuffer<uint>>(view.Schema["Features"]), second.GetGetter<VBuffer<uint>>(view.Schema["Features"]));
        VBuffer<uint> a = default, b = default;

        first.MoveNext();
        first.MoveNext();
        second.MoveNext();
        one(ref a);
        two(ref b);

        (string.Join(" ", a.DenseValues()), string.Join(" ", b.DenseValues())).Should().Be(("10 1", "1 10"));
    }

    [Fact]
    public void Settings_that_contradict_each_other_are_refused() =>
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options { ScaleEachSeries = true, GroupColumnName = "Host", LowerQuantile = 1, Binning = (QuantizationBinning)7, OutsideValues = (OutsideValues)8 }))
            .Should().Throw<ArgumentException>().WithMessage("*ScaleEachSeries is set, and GroupColumnName is 'Host'*Binning is 7; expected one of Uniform, Quantile*LowerQuantile is 1 and UpperQuantile 1*OutsideValues is 8*");

    [Fact]
    public void The_options_go_through_JSON_as_sweeps_send_them()
    {
        var options = new QuantizingEstimator.Options { InputColumnName = "Series", BinCount = 7, GroupColumnName = "Host", LowerQuantile = 0.02, UpperQuantile = 0.9, Binning = QuantizationBinning.Quantile, OutsideValues = OutsideValues.Missing };

        JsonSerializer.Deserialize<QuantizingEstimator.Options>(JsonSerializer.Serialize(options)).Should().BeEquivalentTo(options);
    }

    /// <summary>The example of docs/quantize-series.md.</summary>
    [Fact]
    public void The_documents_example()
    {
        var ml = _ml;
        IDataView windows = _ml.Data.LoadFromEnumerable(new Query[] { new() { Host = "web", Series = Numbers(101) } });

        #region quantile
        QuantizingTransformer quantizer = ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options
        {
            OutputColumnName = "Tokens",
            InputColumnName = "Series",
            GroupColumnName = "Host",
            BinCount = 20,
            LowerQuantile = 0.01,
            UpperQuantile = 0.99,
            Binning = QuantizationBinning.Quantile,
            OutsideValues = OutsideValues.OwnBins,
        }).Fit(windows);

        float[] edges = quantizer.GetBinEdges("web").ToArray();      // 21 of them
        float[] values = quantizer.Dequantize([0, 1, 2, 22], "web"); // NaN, the lower limit, the first bin's centre, the upper limit
        #endregion

        edges.Should().HaveCount(21);
        values.Should().Equal(float.NaN, 1, (edges[0] + edges[1]) / 2, 99);
        Documents.ShouldPrint("docs/quantize-series.md", "quantile");
    }

    private static float[] Numbers(int count) => Enumerable.Range(0, count).Select(i => (float)i).ToArray();

    private static Gen<Query[]> Data()
    {
        var value = Gen.Frequency((9, Gen.Choose(-1000, 1000).Select(v => v / 7f)), (1, Gen.Constant(float.NaN)), (3, Gen.Constant(2.5f)));
        var row = from host in Gen.Elements("a", "b", "c") from series in Gen.NonEmptyListOf(value) select new Query { Host = host, Series = [.. series] };
        return Gen.NonEmptyListOf(row).Select(rows => rows.Append(new Query { Host = "a", Series = [1] }).ToArray());
    }

    private static Gen<QuantizingEstimator.Options> Settings() =>
        from bins in Gen.Choose(2, 12)
        from scaling in Gen.Choose(0, 2)
        from binning in Gen.Elements(Enum.GetValues<QuantizationBinning>())
        from outside in Gen.Elements(Enum.GetValues<OutsideValues>())
        from robust in Gen.Elements(false, true)
        select new QuantizingEstimator.Options
        {
            BinCount = bins,
            GroupColumnName = scaling == 1 ? "Host" : null,
            ScaleEachSeries = scaling == 2,
            Binning = binning,
            OutsideValues = outside,
            LowerQuantile = robust ? 0.1 : 0,
            UpperQuantile = robust ? 0.85 : 1,
        };

    private QuantizingTransformer Fit(QuantizingEstimator.Options options, IDataView view)
    {
        (options.OutputColumnName, options.InputColumnName) = ("Features", "Series");
        return _ml.Transforms.QuantizeSeries(options).Fit(view);
    }

    private string Text(IDataView view) => string.Join('\n', Read(view).Select(tokens => string.Join(' ', tokens)));

    private IDataView View(params float[][] series) => _ml.Data.LoadFromEnumerable(series.Select(s => new Query { Host = "a", Series = s }));

    private uint[][] Read(IDataView view) => _ml.Data.CreateEnumerable<Row>(view, reuseRowObject: false).Select(t => t.Features).ToArray();

    /// <summary>Notes the shape of the schema that the stage before it promises.</summary>
    private sealed class ShapeProbe(MLContext ml) : IEstimator<ITransformer>
    {
        public SchemaShape? Shape { get; private set; }

        public ITransformer Fit(IDataView input) => ml.Transforms.CopyColumns("Copy", "Features").Fit(input);

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Shape = inputSchema;
    }
}
