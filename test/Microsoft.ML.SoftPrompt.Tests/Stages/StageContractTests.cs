using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;
using Microsoft.ML.SoftPrompt.Tests.Lstm;

namespace Microsoft.ML.SoftPrompt.Tests.Stages;

/// <summary>What every stage owes to ML.NET, whatever it computes.</summary>
public sealed class StageContractTests
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly Window[] Windows = [.. ToySeries.Windows(24), .. ToySeries.Windows(9, seed: 2, length: 7)];

    /// <summary>A stage with data it can be fitted on, and the columns it adds.</summary>
    private sealed record Stage(IEstimator<ITransformer> Estimator, IDataView Data, params string[] Outputs);

    private static readonly Dictionary<string, Func<Stage>> Stages = new()
    {
        ["QuantizeSeries"] = () => new(Ml.Transforms.QuantizeSeries("Tokens", "Series", 20), View(), "Tokens"),
        ["QuantizeSeries, robust, quantile bins, own bins"] = () => new(Ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options
        {
            InputColumnName = "Series",
            BinCount = 7,
            LowerQuantile = 0.1,
            UpperQuantile = 0.9,
            Binning = QuantizationBinning.Quantile,
            OutsideValues = OutsideValues.OwnBins,
        }), View(), "Tokens"),
        ["QuantizeSeries each series"] = () => new(Ml.Transforms.QuantizeSeries(new QuantizingEstimator.Options { InputColumnName = "Series", ScaleEachSeries = true }), View(), "Tokens"),
        ["QuantizeSeries by group"] = () => new(Ml.Transforms.QuantizeSeries("Tokens", "Series", 20, "Host"), View(), "Tokens"),
        ["BalanceTSmote"] = () => new(Ml.Transforms.BalanceTSmote("Series", targetRatio: 0.9), Ml.Data.LoadFromEnumerable(ToySeries.Windows(30)), "IsSynthetic", "IsValidation"),
        ["LabelContextAnomalies"] = () => new(Ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series"), View(), "IsContextAnomaly", "ContextAnomalies", "ContextEvidence"),
        ["SoftPrompt"] = () => new(Ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(2)), Quantized(View()), "PredictedLabel", "Score", "Probability"),
        ["SoftPrompt on points"] = () => new(Ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(2)),
            Quantized(Ml.Data.LoadFromEnumerable(ToySeries.PointWindows(24))), "PredictedLabel", "Score", "Probability"),
        ["Lstm by group and time"] = () => new(Ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options(timeColumnName: "Time")), Ml.Data.LoadFromEnumerable(ToyLstm.Timed(Windows)),
            "PredictedLabel", "Score", "Probability"),
        ["Lstm on points"] = () => new(Ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options(groupColumnName: null)), Ml.Data.LoadFromEnumerable(ToySeries.PointWindows(24)),
            "PredictedLabel", "Score", "Probability"),
    };

    private static readonly Dictionary<string, Lazy<(Stage Stage, ITransformer Fitted)>> Fitted = Stages.ToDictionary(
        pair => pair.Key, pair => new Lazy<(Stage, ITransformer)>(() => pair.Value() is var stage ? (stage, stage.Estimator.Fit(stage.Data)) : default));

    public static TheoryData<string> Names => [.. Stages.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_estimator_promises_is_what_the_transformer_gives(string name)
    {
        var (stage, fitted) = Fitted[name].Value;

        var promised = stage.Estimator.GetOutputSchema(ShapeOf(stage.Data.Schema));

        var given = fitted.Transform(stage.Data).Schema;
        Lines(promised).Should().BeEquivalentTo(Lines(ShapeOf(given)));
        fitted.GetOutputSchema(stage.Data.Schema).Select(Line).Should().Equal(given.Select(Line));
        fitted.GetRowToRowMapper(stage.Data.Schema).OutputSchema.Select(Line).Should().Equal(given.Select(Line));
        given.Where(column => !column.IsHidden).Select(column => column.Name).Should().Contain(stage.Outputs);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_not_asked_for_is_not_computed(string name)
    {
        var (stage, fitted) = Fitted[name].Value;
        var counting = new CountingView(stage.Data);
        var view = fitted.Transform(counting);

        ViewText.Of(view, "Label").Should().HaveCountGreaterThan(20);
        counting.Fetched.Keys.Should().Equal("Label");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cursors_side_by_side_do_not_disturb_each_other(string name)
    {
        var (stage, fitted) = Fitted[name].Value;
        var view = fitted.Transform(stage.Data);
        string[] alone = ViewText.Of(view, stage.Outputs);

        using var first = view.GetRowCursor(view.Schema);
        using var second = view.GetRowCursor(view.Schema);
        var firstLine = ViewText.Of((DataViewRow)first, stage.Outputs);
        var secondLine = ViewText.Of((DataViewRow)second, stage.Outputs);

        for (int row = 0; row < alone.Length; row++)
        {
            first.MoveNext().Should().BeTrue();
            if (row > 1)
            {
                second.MoveNext().Should().BeTrue();
                secondLine().Should().Be(alone[row - 2]);
            }
            firstLine().Should().Be(alone[row]);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_alone_answers_bit_for_bit_as_in_a_view(string name)
    {
        var (stage, fitted) = Fitted[name].Value;
        string[] expected = ViewText.Of(fitted.Transform(stage.Data), stage.Outputs);

        RowByRow(fitted, stage).Should().Equal(expected);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sixteen_threads_answer_as_one(string name)
    {
        var (stage, fitted) = Fitted[name].Value;
        string[] expected = ViewText.Of(fitted.Transform(stage.Data), stage.Outputs);
        var found = new string[16][];

        var threads = Enumerable.Range(0, found.Length).Select(i => new Thread(() => found[i] = i % 2 == 0 ? RowByRow(fitted, stage) : ViewText.Of(fitted.Transform(stage.Data), stage.Outputs))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        found.Should().AllBeEquivalentTo(expected, options => options.WithStrictOrdering());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Saved_and_loaded_it_answers_the_same_alone_and_among_other_stages(string name)
    {
        var (stage, fitted) = Fitted[name].Value;
        string[] expected = ViewText.Of(fitted.Transform(stage.Data), stage.Outputs);

        ViewText.Of(Reload(fitted, stage.Data).Transform(stage.Data), stage.Outputs).Should().Equal(expected);

        var chain = Ml.Transforms.CopyColumns("Copied", stage.Outputs[0]).Append(Ml.Transforms.CopyColumns("Again", "Copied")).Fit(fitted.Transform(stage.Data));
        var whole = new TransformerChain<ITransformer>(fitted, chain);
        ViewText.Of(Reload(whole, stage.Data).Transform(stage.Data), stage.Outputs).Should().Equal(expected);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_chain_around_it_fits_caches_and_keeps_its_scopes(string name)
    {
        var stage = Stages[name]();

        var model = new EstimatorChain<ITransformer>()
            .Append(Ml.Transforms.CopyColumns("Before", "Series"), TransformerScope.TrainTest)
            .AppendCacheCheckpoint(Ml)
            .Append(stage.Estimator)
            .Append(Ml.Transforms.CopyColumns("After", stage.Outputs[0]))
            .Fit(stage.Data);

        string[] expected = ViewText.Of(stage.Estimator.Fit(stage.Data).Transform(stage.Data), stage.Outputs[0]);
        ViewText.Of(model.Transform(stage.Data), stage.Outputs[0]).Should().HaveCount(expected.Length);
        model.GetModelFor(TransformerScope.Scoring).Should().HaveCount(2);
    }

    [Fact]
    public void An_engine_that_is_disposed_takes_nothing_from_the_others()
    {
        var model = Ml.Transforms.QuantizeSeries("Tokens", "Series", 20).Append(Ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(1))).Fit(View());
        var query = new Query { Host = "host 1", Series = Windows[0].Series };
        using var kept = Ml.Model.CreatePredictionEngine<Query, Answer>(model);
        float expected = kept.Predict(query).Score;

        Ml.Model.CreatePredictionEngine<Query, Answer>(model).Dispose();

        kept.Predict(query).Score.Should().Be(expected);
        using var next = Ml.Model.CreatePredictionEngine<Query, Answer>(model);
        next.Predict(query).Score.Should().Be(expected);
        ViewText.Of(model.Transform(View()), "Score").Should().HaveCount(Windows.Length);
    }

    [Fact]
    public void Columns_carry_the_annotations_that_ML_NET_looks_for()
    {
        var quantized = Quantized(View());
        var scored = Fitted["SoftPrompt"].Value.Fitted.Transform(quantized);
        var again = Fitted["SoftPrompt"].Value.Fitted.Transform(scored);

        Texts(quantized.Schema["Tokens"], "KeyValues").Should().Equal(Enumerable.Range(0, 20).Select(q => q.ToString(System.Globalization.CultureInfo.InvariantCulture)), "key q + 1 stands for the numeral q");
        foreach (string output in new[] { "PredictedLabel", "Score", "Probability" })
        {
            Text(scored.Schema[output], "ScoreValueKind").Should().Be(output);
            Text(scored.Schema[output], "ScoreColumnKind").Should().Be("BinaryClassification");
            (Set(scored.Schema[output]), Set(again.Schema[output])).Should().Be((1u, 2u), "the columns of each scoring are a set of their own");
        }

        static string Text(DataViewSchema.Column column, string kind)
        {
            ReadOnlyMemory<char> text = default;
            column.Annotations.GetValue(kind, ref text);
            return text.ToString();
        }

        static IEnumerable<string> Texts(DataViewSchema.Column column, string kind)
        {
            VBuffer<ReadOnlyMemory<char>> texts = default;
            column.Annotations.GetValue(kind, ref texts);
            return texts.DenseValues().Select(text => text.ToString());
        }

        static uint Set(DataViewSchema.Column column)
        {
            uint set = 0;
            column.Annotations.GetValue("ScoreColumnSetId", ref set);
            return set;
        }
    }

    private static string[] RowByRow(ITransformer fitted, Stage stage)
    {
        var mapper = fitted.GetRowToRowMapper(stage.Data.Schema);
        var outputs = mapper.OutputSchema.Where(column => !column.IsHidden && stage.Outputs.Contains(column.Name)).ToArray();
        using var source = stage.Data.GetRowCursor(mapper.GetDependencies(outputs));
        using var row = mapper.GetRow(source, outputs);
        var line = ViewText.Of(row, stage.Outputs);
        var lines = new List<string>();
        while (source.MoveNext())
            lines.Add(line());
        return [.. lines];
    }

    private static ITransformer Reload(ITransformer model, IDataView data)
    {
        using var stream = new MemoryStream();
        Ml.Model.Save(model, data.Schema, stream);
        stream.Position = 0;
        return new MLContext().Model.Load(stream, out _);
    }

    private static IDataView View() => Ml.Data.LoadFromEnumerable(Windows);

    private static IDataView Quantized(IDataView view) => Ml.Transforms.QuantizeSeries("Tokens", "Series", 20).Fit(view).Transform(view);

    private static SchemaShape ShapeOf(DataViewSchema schema) => new(schema.Where(column => !column.IsHidden).Select(column =>
    {
        var vector = column.Type as VectorDataViewType;
        var item = vector?.ItemType ?? column.Type;
        var kind = vector is null ? SchemaShape.Column.VectorKind.Scalar : vector.IsKnownSize ? SchemaShape.Column.VectorKind.Vector : SchemaShape.Column.VectorKind.VariableVector;
        return MLNetInternals.CreateColumn(column.Name, kind, item is KeyDataViewType ? NumberDataViewType.UInt32 : item, item is KeyDataViewType, ShapeOf(column.Annotations.Schema));
    }));

    private static IEnumerable<string> Lines(SchemaShape shape) => shape.Select(column => $"{column.Name}: {column.Kind} of {(column.IsKey ? "key " : "")}{column.ItemType} ({string.Join(", ", Lines(column.Annotations))})");

    private static string Line(DataViewSchema.Column column) => $"{column.Name}: {column.Type}{(column.IsHidden ? " (hidden)" : "")}";
}
