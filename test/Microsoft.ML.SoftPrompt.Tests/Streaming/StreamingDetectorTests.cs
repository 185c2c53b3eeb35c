using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Streaming;

public sealed class StreamingDetectorTests
{
    private const int Size = ToySeries.Length;

    private static MLContext Ml => ToyDetector.Ml;

    [Fact]
    public void A_reading_gets_the_score_of_its_trailing_window_as_the_model_gives_it()
    {
        float[] values = ToySeries.Windows(2, seed: 3).SelectMany(window => window.Series).ToArray();
        StreamingDetector detector = ToyDetector.Create(new StreamingDetectorOptions { Stride = 4 });

        StreamingScore[] scores = values.Select(value => detector.Add(new StreamingReading("host 1", value))).OfType<StreamingScore>().ToArray();

        scores.Select(score => score.Index).Should().Equal(11, 15, 19, 23);
        scores.Select(score => score.Value).Should().Equal(values[11], values[15], values[19], values[23]);
        var windows = scores.Select(score => ("host 1", values[(int)(score.Index - 11)..(int)(score.Index + 1)]));
        scores.Select(score => (score.Score, score.Probability, score.PredictedLabel)).Should().Equal(ToyDetector.Expected(ToyDetector.Model, windows));
    }

    [Fact]
    public void Series_are_told_apart_by_key_and_scored_together_with_their_own_scale()
    {
        StreamingReading[][] hosts = [ToyDetector.Readings("host 1", Size), ToyDetector.Readings("host 2", Size, seed: 2), ToyDetector.Readings("unknown", Size, seed: 3)];
        StreamingReading[] mixed = Enumerable.Range(0, Size).SelectMany(i => hosts.Select(host => host[i])).ToArray();

        IReadOnlyList<StreamingScore> scores = ToyDetector.Create().Add(mixed);

        scores.Select(score => score.Key).Should().Equal("host 1", "host 2", "unknown");
        scores.Should().OnlyContain(score => score.Time == ToyDetector.Time(Size - 1));
        scores.Select(score => (score.Score, score.Probability, score.PredictedLabel)).Should()
            .Equal(ToyDetector.Expected(ToyDetector.Model, hosts.Select(host => (host[0].Key, host.Select(reading => reading.Value).ToArray()))));
    }

    [Fact]
    public void A_model_that_labels_every_value_answers_for_the_last()
    {
        ITransformer model = Ml.Transforms.QuantizeSeries("Tokens", "Series", binCount: 20).Append(Ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(epochs: 1)))
            .Fit(Ml.Data.LoadFromEnumerable(ToySeries.PointWindows(24)));
        StreamingReading[] readings = ToyDetector.Readings("any", Size);

        IReadOnlyList<StreamingScore> scores = Ml.AnomalyDetection.CreateStreamingDetector(model, new StreamingDetectorOptions { WindowSize = Size }).Add(readings);

        PointAnswer whole = Ml.Data.CreateEnumerable<PointAnswer>(
            model.Transform(Ml.Data.LoadFromEnumerable([new Query { Series = [.. readings.Select(reading => reading.Value)] }])), reuseRowObject: false).Single();
        scores.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Score = whole.Score[^1], Probability = whole.Probability[^1], PredictedLabel = whole.PredictedLabel[^1] });
    }

    [Fact]
    public void A_missing_value_is_scored_and_counted()
    {
        StreamingReading[] readings = ToyDetector.Readings("host 1", Size);
        readings[4] = readings[4] with { Value = float.NaN };
        StreamingDetector detector = ToyDetector.Create();

        detector.Add(readings).Should().ContainSingle().Which.Score.Should().Be(
            ToyDetector.Expected(ToyDetector.Model, [("host 1", readings.Select(reading => reading.Value).ToArray())])[0].Score);
        detector.Counts.Should().Be(new StreamingCounts { Readings = Size, MissingValues = 1, DueWindows = 1 });
    }

    [Theory]
    [InlineData(float.PositiveInfinity, "k", "*The series 'k' was given Infinity at 2026-01-01T00:07:00.0000000Z, reading 1 (from 0)*")]
    [InlineData(1, null, "The key of reading 1 (from 0) is null*")]
    public void A_malformed_reading_is_refused_and_nothing_of_its_batch_taken_in(float value, string? key, string message)
    {
        StreamingDetector detector = ToyDetector.Create();

        FluentActions.Invoking(() => detector.Add([ToyDetector.At(1, 1), new StreamingReading(key!, value, ToyDetector.Time(7))])).Should().Throw<ArgumentException>().WithMessage(message);

        detector.Counts.Should().Be(default(StreamingCounts));
        detector.SeriesCount.Should().Be(0);
    }

    [Fact]
    public void A_refused_reading_leaves_nothing_of_its_batch()
    {
        StreamingDetector detector = ToyDetector.Create(), untouched = ToyDetector.Create();
        StreamingReading[] readings = ToyDetector.Readings("host 1", 2 * Size);
        detector.Add(readings[..Size]);
        untouched.Add(readings[..Size]);

        FluentActions.Invoking(() => detector.Add([readings[Size], ToyDetector.At(1, 1, "host 2"), ToyDetector.At(3, 1)])).Should().Throw<InvalidOperationException>().WithMessage("*which is before*");

        (detector.SeriesCount, detector.Counts).Should().Be((1, untouched.Counts));
        detector.Add(readings[Size..]).Should().Equal(untouched.Add(readings[Size..]));
    }

    [Fact]
    public void A_key_that_is_too_long_or_cannot_be_saved_is_refused()
    {
        FluentActions.Invoking(() => ToyDetector.Create().Add(new StreamingReading("a\ud800", 1))).Should().Throw<ArgumentException>().WithMessage("The key of reading 0 (from 0) holds half a surrogate pair*");
        FluentActions.Invoking(() => ToyDetector.Create().Add(new StreamingReading(new string('k', 1025), 1))).Should().Throw<ArgumentException>().WithMessage("*has 1025 characters; expected at most 1024*");
    }

    [Fact]
    public void The_longest_idle_series_gives_its_place_and_starts_anew_when_it_comes_back()
    {
        StreamingDetector detector = ToyDetector.Create(new StreamingDetectorOptions { MaxSeries = 2 });
        var evicted = new List<(string, long, DateTime?)>();
        detector.SeriesEvicted += (_, gone) => evicted.Add((gone.Key, gone.Readings, gone.LastTime));
        detector.Add([ToyDetector.At(1, 1, "a"), ToyDetector.At(1, 1, "b"), ToyDetector.At(2, 1, "a")]);

        detector.Add(ToyDetector.At(3, 1, "c"));
        IReadOnlyList<StreamingScore> scores = detector.Add(ToyDetector.Readings("b", Size));

        evicted.Should().Equal(("b", 1, ToyDetector.Time(1)), ("a", 2, ToyDetector.Time(2)));
        scores.Should().ContainSingle().Which.Index.Should().Be(Size - 1);
        (detector.SeriesCount, detector.Counts.EvictedSeries).Should().Be((2, 2));
    }

    [Fact]
    public void Columns_and_window_come_from_the_schema_that_the_model_was_saved_with()
    {
        Reading[] readings = Enumerable.Range(0, 60).Select(i => new Reading { Host = $"host {i / 30}", Value = i % 7, IsAnomaly = i % 30 == 6 }).ToArray();
        IDataView windows = Ml.Data.WindowSeries(Ml.Data.LoadFromEnumerable(readings), "Series", nameof(Reading.Value), nameof(Reading.IsAnomaly), nameof(Reading.Host), windowSize: 9, stride: 3);
        ITransformer fitted = Ml.Transforms.QuantizeSeries("Tokens", "Series", 20, nameof(Reading.Host)).Append(Ml.AnomalyDetection.Trainers.SoftPrompt(ToySeries.Options(epochs: 1))).Fit(windows);
        using var file = new MemoryStream();
        Ml.Model.Save(fitted, windows.Schema, file);
        ITransformer model = Ml.Model.Load(new MemoryStream(file.ToArray()), out DataViewSchema schema);

        StreamingDetector detector = Ml.AnomalyDetection.CreateStreamingDetector(model, schema, stride: 2);

        detector.WindowSize.Should().Be(9);
        StreamingReading[] stream = ToyDetector.Readings("host 1", 11);
        detector.Add(stream).Select(score => score.Score).Should().Equal(ToyDetector.Expected(fitted,
            [("host 1", stream[..9].Select(reading => reading.Value).ToArray()), ("host 1", stream[2..].Select(reading => reading.Value).ToArray())]).Select(expected => expected.Score));
    }

    [Fact]
    public void What_does_not_fit_the_model_is_refused_when_the_detector_is_made()
    {
        ITransformer model = ToyDetector.Model;
        DataViewSchema schema = Ml.Data.LoadFromEnumerable(ToySeries.Windows(1)).Schema;

        void Refused(Action create, string message) => create.Should().Throw<ArgumentException>().WithMessage(message);
        Refused(() => Ml.AnomalyDetection.CreateStreamingDetector(model, new StreamingDetectorOptions()), "The window's size is not known. Give the model's input schema*");
        Refused(() => Ml.AnomalyDetection.CreateStreamingDetector(model, schema), "*column 'Series' of the model's input schema is Vector<Single*>*Set WindowSize*");
        Refused(() => ToyDetector.Create(new StreamingDetectorOptions { WindowSize = 60 }), "A series of 60 values takes 60 positions and the prompt 5, but * has 64 positions*");
        Refused(() => Ml.AnomalyDetection.CreateStreamingDetector(model, schema, new StreamingDetectorOptions { SeriesColumnName = "Values", WindowSize = 3 }), "The series column 'Values' is not in the data*");
        Refused(() => ToyDetector.Create(new StreamingDetectorOptions { SeriesColumnName = "Values" }), "The series column 'Series' is not in the data*");
        Refused(() => Ml.AnomalyDetection.CreateStreamingDetector(Ml.Transforms.QuantizeSeries("Tokens", "Series").Fit(Ml.Data.LoadFromEnumerable(ToySeries.Windows(3))), new StreamingDetectorOptions { WindowSize = 3 }),
            "The model's column 'Score' is not in the data*");
        Refused(() => ToyDetector.Create(new StreamingDetectorOptions { Stride = 0, MaxSeries = 0, Gaps = ReadingGaps.Fill }), "*Stride is 0; expected at least 1. MaxSeries is 0*Gaps is Fill, and Interval is null*");
        Refused(() => ToyDetector.Create(new StreamingDetectorOptions { Gaps = ReadingGaps.Fill, Interval = TimeSpan.FromMinutes(1), LongestFilledGap = Size }), "*LongestFilledGap is 12, and a window has 12 readings*");
    }

    [Fact]
    public void Calls_side_by_side_give_what_each_series_alone_gives()
    {
        const int hosts = 8, each = 40;
        StreamingReading[][] series = [.. Enumerable.Range(0, hosts).Select(host => ToyDetector.Readings($"host {host}", each, seed: host))];
        StreamingDetector shared = ToyDetector.Create();
        var found = new List<StreamingScore>[hosts];

        Parallel.For(0, hosts, new ParallelOptions { MaxDegreeOfParallelism = 4 }, host =>
        {
            found[host] = [];
            for (int i = 0; i < each; i += 5)
                found[host].AddRange(shared.Add(series[host][i..(i + 5)]));
        });

        StreamingDetector alone = ToyDetector.Create();
        for (int host = 0; host < hosts; host++)
            found[host].Should().Equal(alone.Add(series[host]));
        shared.Counts.Should().Be(alone.Counts);
    }

    [Fact]
    public void When_scoring_fails_the_readings_are_in_and_the_lost_scores_counted()
    {
        var model = new FailingTransformer(ToyDetector.Model);
        StreamingDetector detector = Ml.AnomalyDetection.CreateStreamingDetector(model, new StreamingDetectorOptions { WindowSize = Size, GroupColumnName = "Host", SeriesColumnName = "Series" });
        StreamingReading[] readings = ToyDetector.Readings("host 1", Size + 1);

        model.Fails = true;
        FluentActions.Invoking(() => detector.Add(readings[..Size])).Should().Throw<IOException>();
        model.Fails = false;

        detector.Counts.Should().Be(new StreamingCounts { Readings = Size, DueWindows = 1, FailedWindows = 1 });
        detector.Add(readings[Size])!.Value.Score.Should().Be(ToyDetector.Expected(ToyDetector.Model, [("host 1", readings[1..].Select(reading => reading.Value).ToArray())])[0].Score);
    }

    [Fact]
    public void When_a_handler_of_an_eviction_fails_the_readings_are_in_and_the_lost_scores_counted()
    {
        StreamingDetector detector = ToyDetector.Create(new StreamingDetectorOptions { MaxSeries = 1 });
        detector.SeriesEvicted += (_, _) => throw new IOException("no more");
        detector.Add(ToyDetector.At(1, 1, "a"));

        FluentActions.Invoking(() => detector.Add(ToyDetector.Readings("b", Size))).Should().Throw<IOException>();

        detector.Counts.Should().Be(new StreamingCounts { Readings = Size + 1, DueWindows = 1, FailedWindows = 1, EvictedSeries = 1 });
    }

    /// <summary>A model that fails when told to.</summary>
    private sealed class FailingTransformer(ITransformer inner) : ITransformer
    {
        public bool Fails { get; set; }

        public bool IsRowToRowMapper => inner.IsRowToRowMapper;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

        public IDataView Transform(IDataView input) => Fails ? throw new IOException("no more") : inner.Transform(input);

        public void Save(ModelSaveContext ctx) => inner.Save(ctx);
    }
}
