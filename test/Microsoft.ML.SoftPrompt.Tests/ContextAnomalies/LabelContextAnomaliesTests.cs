using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Tests.ContextAnomalies;

public sealed class LabelContextAnomaliesTests
{
    private static readonly string[] RuleNames = ["Trend", "Spike", "Shift", "Volatility"];
    private static readonly string[] EvidenceNames =
        ["TrendSlope", "TrendPValue", "SpikeJump", "SpikePlace", "ShiftSplit", "ShiftPValue", "VolatilitySplit", "VolatilityPValue"];

    private static readonly float[] Steps = [1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 4, 4, 4];
    private static readonly float[] Flat = [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5];

    private readonly MLContext _ml = new(seed: 1);

    private sealed class Labels
    {
        public bool IsContextAnomaly { get; set; }

        public bool[] ContextAnomalies { get; set; } = [];

        public double[] ContextEvidence { get; set; } = [];
    }

    private sealed class FixedQuery
    {
        [VectorType(16)]
        public float[] Series { get; set; } = [];
    }

    [Fact]
    public void Each_rule_labels_its_own_kind()
    {
        float[] spike = new float[40];
        spike[20] = 9; // jumps: mean 18/39, deviation 1.98, so that the limit is 6.4
        float[] ramp = [.. Enumerable.Range(0, 30).Select(i => 0.5f * i)];
        float[] calmThenWild = [.. Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? 1f : -1f) * (i < 20 ? 1 : 5) * (1 + i % 5 * 0.1f))];

        Labels[] labels = Label(new() { InputColumnName = "Series" }, Flat, spike, ramp, Steps, calmThenWild);

        labels.Select(l => string.Join(' ', RuleNames.Where((_, i) => l.ContextAnomalies[i])))
            .Should().Equal("", "Spike", "Trend Shift Volatility", "Trend Spike Shift", "Volatility");
        labels.Select(l => l.IsContextAnomaly).Should().Equal(false, true, true, true, true);
    }

    [Fact]
    public void The_evidence_says_how_steep_where_and_how_likely()
    {
        double[] evidence = Label(new() { InputColumnName = "Series" }, Steps)[0].ContextEvidence;

        // Slope and p-values as SciPy gives them (test/golden/context, "steps"); p is 0 at the split that leaves both parts constant.
        evidence[0].Should().BeApproximately(0.2823529411764706, 1e-15);
        evidence[1].Should().BeApproximately(1.3298737271301537e-05, 1e-14);
        evidence[2..6].Should().Equal(3, 8, 8, 0);
        evidence[6].Should().BeOneOf(4, 12);
        evidence[7].Should().BeApproximately(0.20707849036863923, 1e-10);
    }

    [Fact]
    public void Columns_have_the_types_and_slot_names_that_the_estimator_promises()
    {
        IDataView view = _ml.Data.LoadFromEnumerable([new FixedQuery { Series = Steps }]);
        var labeler = _ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series");

        DataViewSchema schema = labeler.Fit(view).Transform(view).Schema;

        schema["IsContextAnomaly"].Type.Should().Be(BooleanDataViewType.Instance);
        schema["ContextAnomalies"].Type.Should().Be(new VectorDataViewType(BooleanDataViewType.Instance, 4));
        schema["ContextEvidence"].Type.Should().Be(new VectorDataViewType(NumberDataViewType.Double, 8));
        SlotNames(schema["ContextAnomalies"]).Should().Equal(RuleNames);
        SlotNames(schema["ContextEvidence"]).Should().Equal(EvidenceNames);
        labeler.GetOutputSchema(ShapeOf(null, view.Schema)).Should().BeEquivalentTo(ShapeOf(null, schema), o => o.ComparingByMembers<SchemaShape.Column>());
        labeler.Fit(view).GetOutputSchema(view.Schema).Select(c => c.ToString()).Should().Equal(schema.Select(c => c.ToString()));
    }

    [Fact]
    public void Missing_values_are_left_out_and_the_rest_keeps_its_place()
    {
        const float Gap = float.NaN;

        double[] evidence = Label(new() { InputColumnName = "Series" }, [0, Gap, Gap, Gap, 4, Gap, 6, 7, 8, Gap])[0].ContextEvidence;

        evidence[0].Should().Be(1, "the line passes through 0 at place 0 and 4 at place 4");
        evidence[2..4].Should().Equal(4, 4);
        evidence[4].Should().Be(6, "the second part of the best split begins with the value at place 6");
    }

    [Fact]
    public void A_series_that_is_too_short_is_not_flagged_and_counted()
    {
        var messages = Logs.Collect(_ml);

        Labels[] labels = Label(new() { InputColumnName = "Series" }, [], [1], [1, 9], [1, 5, 9], [1, 1, 9, 9]);

        labels.Select(l => l.IsContextAnomaly).Should().Equal(false, false, false, true, true);
        labels[0].ContextEvidence.Should().OnlyContain(value => double.IsNaN(value));
        labels[2].ContextEvidence[2..4].Should().Equal(8, 1);
        messages.Should().ContainMatch("*4 of 5 series of column 'Series' have fewer than 4 values*");
    }

    [Theory]
    [InlineData(true, false, 4)]
    [InlineData(false, true, 3)]
    [InlineData(false, false, 2)]
    public void Too_short_is_what_a_rule_that_is_on_cannot_judge(bool shift, bool trend, int fewest)
    {
        var messages = Logs.Collect(_ml);

        Label(new() { InputColumnName = "Series", Volatility = false, Shift = shift, Trend = trend }, [1], [1, 9], [1, 5, 9], [1, 1, 9, 9]);

        messages.Should().ContainMatch($"*{fewest - 1} of 4 series of column 'Series' have fewer than {fewest} values that are present, too few for at least one rule*");
    }

    [Fact]
    public void Rules_are_switched_off_and_tuned_by_the_options()
    {
        Flags(new()).Should().Equal(true, true, true, false);
        Flags(new() { Trend = false }).Should().Equal(false, true, true, false);
        Flags(new() { Spike = false }).Should().Equal(true, false, true, false);
        Flags(new() { Shift = false }).Should().Equal(true, true, false, false);
        Flags(new() { MinimumSlope = 0.3 }).Should().Equal(false, true, true, false);
        Flags(new() { TrendSignificance = 1e-5 }).Should().Equal(false, true, true, false);
        Flags(new() { SpikeDeviations = 4 }).Should().Equal(true, false, true, false);
        Flags(new() { VolatilitySignificance = 0.21 }).Should().Equal(true, true, true, true);
        Flags(new() { VolatilitySignificance = 0.21, Volatility = false }).Should().Equal(true, true, true, false);
        Flags(new() { VolatilitySignificance = 0.21, SplitCorrection = SplitCorrection.Bonferroni }).Should().Equal(true, true, true, false);

        bool[] Flags(ContextAnomalyLabeler.Options options)
        {
            options.InputColumnName = "Series";
            return Label(options, Steps)[0].ContextAnomalies;
        }
    }

    [Fact]
    public void Nothing_is_read_of_the_series_unless_a_label_is_asked_for()
    {
        IDataView view = View([float.PositiveInfinity]), labelled = _ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series").Fit(view).Transform(view);

        using var cursor = labelled.GetRowCursor([labelled.Schema["Host"]]);

        cursor.MoveNext().Should().BeTrue();
        cursor.IsColumnActive(labelled.Schema["Series"]).Should().BeFalse();
    }

    [Fact]
    public void An_infinity_is_named_by_row_and_place() =>
        FluentActions.Invoking(() => Label(new() { InputColumnName = "Series" }, [1, 2], [3, 4, float.NegativeInfinity]))
            .Should().Throw<InvalidOperationException>().WithMessage("*'Series' holds*row 1, value 2*");

    [Fact]
    public void A_missing_column_and_a_wrong_type_are_named()
    {
        FluentActions.Invoking(() => _ml.Transforms.LabelContextAnomalies("Label", "Sereis").Fit(View(Flat)))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Sereis' is not in the data*'Host', 'Series'*");
        FluentActions.Invoking(() => _ml.Transforms.LabelContextAnomalies("Label", "Host").Fit(View(Flat)))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Host' is String; expected a vector of Single*WindowSeries*");
        FluentActions.Invoking(() => _ml.Transforms.LabelContextAnomalies("Label", "Host").GetOutputSchema(ShapeOf(null, View(Flat).Schema)))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Host' is Scalar of String; expected a vector of Single*");
    }

    [Fact]
    public void All_faults_of_the_options_are_told_at_once() =>
        FluentActions.Invoking(() => _ml.Transforms.LabelContextAnomalies(new ContextAnomalyLabeler.Options
        {
            OutputColumnName = "",
            EvidenceColumnName = "ContextAnomalies",
            MinimumSlope = -1,
            SpikeDeviations = double.NaN,
            TrendSignificance = 0,
            ShiftSignificance = 1.5,
            VolatilitySignificance = double.PositiveInfinity,
            SplitCorrection = (SplitCorrection)7,
        })).Should().Throw<ArgumentException>().WithMessage("*OutputColumnName is empty*'', 'ContextAnomalies' and 'ContextAnomalies'; expected three different names*"
            + "MinimumSlope is -1; expected 0 or more*SpikeDeviations is NaN*TrendSignificance is 0; expected above 0 and at most 1*ShiftSignificance is 1.5*"
            + "VolatilitySignificance is Infinity*SplitCorrection is 7; expected one of None, Bonferroni*");

    [Fact]
    public void Options_survive_JSON()
    {
        var options = new ContextAnomalyLabeler.Options { InputColumnName = "x", Spike = false, MinimumSlope = 0.5, SplitCorrection = SplitCorrection.Bonferroni };

        JsonSerializer.Deserialize<ContextAnomalyLabeler.Options>(JsonSerializer.Serialize(options)).Should().BeEquivalentTo(options);
    }

    [Fact]
    public void A_prediction_engine_and_many_threads_answer_as_the_view_does()
    {
        float[][] series = [.. Enumerable.Range(0, 50).Select(i => Enumerable.Range(0, 5 + i).Select(j => MathF.Sin(i * j)).ToArray())];
        var transformer = _ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series").Fit(View(series));
        Labels[] expected = Read(transformer.Transform(View(series)));

        using var engine = _ml.Model.CreatePredictionEngine<Query, Labels>(transformer);

        series.Select(one => engine.Predict(new Query { Series = one })).Should().BeEquivalentTo(expected, o => o.WithStrictOrdering());
        var results = new Labels[8][];
        Parallel.For(0, results.Length, i => results[i] = Read(transformer.Transform(View(series))));
        results.Should().AllBeEquivalentTo(expected, o => o.WithStrictOrdering());
    }

    [Fact]
    public void A_saved_labeler_answers_the_same_and_a_rows_answer_depends_on_the_row_alone()
    {
        Gen<float> value = Gen.Frequency((9, Gen.Choose(-40, 40).Select(v => v / 8f)), (1, Gen.Constant(float.NaN)));
        Arbitrary<float[][]> rows = value.ListOf().Select(l => l.ToArray()).NonEmptyListOf().Select(l => l.ToArray()).ToArbitrary();

        Prop.ForAll(rows, Gen.Choose(0, 31).ToArbitrary(), (series, bits) =>
        {
            var transformer = _ml.Transforms.LabelContextAnomalies(new ContextAnomalyLabeler.Options
            {
                InputColumnName = "Series",
                Trend = (bits & 1) > 0,
                Spike = (bits & 2) > 0,
                Shift = (bits & 4) > 0,
                Volatility = (bits & 8) > 0,
                SplitCorrection = (bits & 16) > 0 ? SplitCorrection.Bonferroni : SplitCorrection.None,
                SpikeDeviations = bits / 10.0,
            }).Fit(View(series));
            ITransformer loaded = new MLContext().Model.Load(new MemoryStream(Save(transformer)), out _);
            string expected = Text(Read(transformer.Transform(View(series))));
            return Text(Read(loaded.Transform(View(series)))) == expected
                && Text([.. Read(transformer.Transform(View([.. series.Reverse()]))).Reverse()]) == expected;
        }).QuickCheckThrowOnFailure();

        static string Text(Labels[] labels) => string.Join('\n', labels.Select(l => $"{l.IsContextAnomaly} {string.Join(' ', l.ContextAnomalies)} {string.Join(' ', l.ContextEvidence.Select(BitConverter.DoubleToInt64Bits))}"));
    }

    [Theory]
    [InlineData("\"significance\": 0.05", "\"significance\": 5", "TrendSignificance is 5")]
    [InlineData("\"deviations\": 3", "\"deviations\": \"NaN\"", "SpikeDeviations is NaN")]
    [InlineData("\"rulesColumnName\": \"ContextAnomalies\"", "\"rulesColumnName\": \"\"", "RulesColumnName is empty")]
    [InlineData("\"correction\": \"None\"", "\"correction\": \"Some\"", "labeler.json")]
    [InlineData("\"spike\"", "\"spikes\"", "labeler.json")]
    [InlineData("\"rules\": {", "\"rules\": null, \"other\": {", "labeler.json")]
    public void A_document_that_lies_is_refused(string old, string changed, string named)
    {
        byte[] file = Save(_ml.Transforms.LabelContextAnomalies("IsContextAnomaly", "Series").Fit(View(Flat)));
        using var stream = new MemoryStream();
        stream.Write(file);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = zip.Entries.Single(e => e.Name == "labeler.json");
            using var json = entry.Open();
            string text = new StreamReader(json).ReadToEnd();
            text.Should().Contain(old, "the test changes what is there");
            int at = text.IndexOf(old, StringComparison.Ordinal);
            json.SetLength(0);
            json.Write(Encoding.UTF8.GetBytes(text[..at] + changed + text[(at + old.Length)..]));
        }
        stream.Position = 0;

        FluentActions.Invoking(() => _ml.Model.Load(stream, out _)).Should().Throw<Exception>().Where(e => e.ToString().Contains(named));
    }

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "Create")]
    private static extern SchemaShape ShapeOf(SchemaShape? type, DataViewSchema schema);

    private static string[] SlotNames(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue("SlotNames", ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private Labels[] Label(ContextAnomalyLabeler.Options options, params float[][] series)
    {
        IDataView view = View(series);
        return Read(_ml.Transforms.LabelContextAnomalies(options).Fit(view).Transform(view));
    }

    private byte[] Save(ITransformer transformer)
    {
        using var file = new MemoryStream();
        _ml.Model.Save(transformer, View(Flat).Schema, file);
        return file.ToArray();
    }

    private IDataView View(params float[][] series) => _ml.Data.LoadFromEnumerable(series.Select(s => new Query { Host = "a", Series = s }));

    private Labels[] Read(IDataView view) => _ml.Data.CreateEnumerable<Labels>(view, reuseRowObject: false).ToArray();
}
