using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Tests.Windowing;

public sealed class WindowSeriesTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Windows_stand_where_window_and_stride_say()
    {
        var windows = Windows(Reading.Series("a", 0, 1, 2, 3, 4, 5, 6), windowSize: 3, stride: 2);

        windows.Select(w => w.Series).Should().BeEquivalentTo(new float[][] { [0, 1, 2], [2, 3, 4], [4, 5, 6] }, o => o.WithStrictOrdering());
        windows.Select(w => w.Start).Should().Equal(0, 2, 4);
        windows.Select(w => w.Host).Should().Equal("a", "a", "a");
    }

    [Fact]
    public void A_window_never_spans_two_groups_even_where_their_readings_are_mixed()
    {
        var a = Reading.Series("a", 1, 2, 3, 4);
        var b = Reading.Series("b", 10, 20, 30);
        Reading[] mixed = [a[0], b[0], a[1], a[2], b[1], b[2], a[3]];

        var windows = Windows(mixed, windowSize: 2, stride: 2);

        windows.Select(w => (w.Host, w.Start, w.Series[0], w.Series[1])).Should().Equal(("a", 0, 1, 2), ("b", 0, 10, 20), ("a", 2, 3, 4));
    }

    [Fact]
    public void A_window_is_anomalous_when_any_of_its_points_is()
    {
        var readings = Reading.Series("a", 0, 1, 2, 3);
        readings[3].IsAnomaly = true;

        Windows(readings, windowSize: 2, stride: 1).Select(w => w.Label).Should().Equal(false, false, true);
    }

    [Fact]
    public void Point_labels_stand_beside_their_values()
    {
        var readings = Reading.Series("a", 0, 1, 2, 3);
        readings[2].IsAnomaly = true;
        var view = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(readings), new WindowSeriesOptions
        {
            InputColumnName = "Value",
            LabelColumnName = "IsAnomaly",
            PointLabels = true,
            WindowSize = 3,
            Stride = 1,
        });

        var windows = _ml.Data.CreateEnumerable<PointWindow>(view, reuseRowObject: false).ToArray();

        windows.Select(w => w.Label).Should().BeEquivalentTo(new bool[][] { [false, false, true], [false, true, false] }, o => o.WithStrictOrdering());
        view.Schema["Label"].Type.Should().Be(new VectorDataViewType(BooleanDataViewType.Instance, 3));
    }

    [Fact]
    public void Data_without_labels_give_windows_without_labels()
    {
        var view = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1, 2)), "Series", "Value", windowSize: 2);

        view.Schema.Select(c => c.Name).Should().Equal("Series", "Start");
        view.Schema["Series"].Type.Should().Be(new VectorDataViewType(NumberDataViewType.Single, 2));
        view.GetRowCount().Should().Be(1);
    }

    [Fact]
    public void The_last_window_can_be_moved_back_and_a_short_group_taken_whole()
    {
        Reading[] readings = [.. Reading.Series("a", 0, 1, 2, 3, 4), .. Reading.Series("b", 7, 8)];
        var view = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(readings), new WindowSeriesOptions
        {
            InputColumnName = "Value",
            GroupColumnName = "Host",
            LabelColumnName = "IsAnomaly",
            WindowSize = 3,
            Stride = 3,
            TrailingReadings = TrailingReadings.MoveBack,
        });

        var windows = _ml.Data.CreateEnumerable<Window>(view, reuseRowObject: false).ToArray();

        windows.Select(w => (w.Host, w.Start, string.Join(" ", w.Series))).Should().Equal(("a", 0, "0 1 2"), ("a", 2, "2 3 4"), ("b", 0, "7 8"));
        view.GetRowCount().Should().Be(3);
        ((VectorDataViewType)view.Schema["Series"].Type).IsKnownSize.Should().BeFalse("one window is shorter than the others");
    }

    [Fact]
    public void Two_cursors_at_once_do_not_disturb_each_other()
    {
        var view = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 0, 1, 2, 3)), "Series", "Value", windowSize: 2, stride: 1);
        using var first = view.GetRowCursor(view.Schema);
        using var second = view.GetRowCursor(view.Schema);
        var start = first.GetGetter<long>(view.Schema["Start"]);
        first.MoveNext().Should().BeTrue();
        first.MoveNext().Should().BeTrue();
        second.MoveNext().Should().BeTrue();

        long value = -1;
        start(ref value);

        value.Should().Be(1);
    }

    [Fact]
    public void The_last_window_can_be_kept_as_short_as_it_is()
    {
        Reading[] readings = [.. Reading.Series("a", 0, 1, 2, 3, 4), .. Reading.Series("b", 7)];
        var view = View(readings, new() { GroupColumnName = "Host", LabelColumnName = "IsAnomaly", WindowSize = 3, Stride = 3, TrailingReadings = TrailingReadings.Keep });

        Cut<Window>(view).Select(w => (w.Host, w.Start, string.Join(" ", w.Series))).Should().Equal(("a", 0, "0 1 2"), ("a", 3, "3 4"), ("b", 0, "7"));
        view.GetRowCount().Should().Be(3);
    }

    [Theory]
    [InlineData(WindowLabelRule.Any, null, new[] { true, true, false })]
    [InlineData(WindowLabelRule.Last, null, new[] { false, true, false })]
    [InlineData(WindowLabelRule.Fraction, 0.6, new[] { true, false, false })]
    public void A_window_is_labelled_by_the_rule(WindowLabelRule rule, double? fraction, bool[] expected)
    {
        var readings = Reading.Series("a", 0, 1, 2, 3, 4, 5, 6, 7, 8);
        (readings[0].IsAnomaly, readings[1].IsAnomaly, readings[5].IsAnomaly) = (true, true, true);

        var view = View(readings, new() { LabelColumnName = "IsAnomaly", LabelRule = rule, LabelFraction = fraction, GroupColumnName = "Host", WindowSize = 3, Stride = 3 });

        Cut<Window>(view).Select(w => w.Label).Should().Equal(expected);
    }

    [Fact]
    public void Single_labels_stay_Single_by_rule_and_by_point()
    {
        SingleReading[] readings = [new() { Label = 1 }, new() { Label = 0 }, new() { Label = 0 }, new() { Label = 1 }];
        var data = _ml.Data.LoadFromEnumerable(readings);

        Cut<SingleWindow>(_ml.Data.WindowSeries(data, new() { InputColumnName = "Value", LabelColumnName = "Label", LabelRule = WindowLabelRule.Last, WindowSize = 2, Stride = 2 }))
            .Select(w => w.Label).Should().Equal(0, 1);
        Cut<SinglePointWindow>(_ml.Data.WindowSeries(data, new() { InputColumnName = "Value", LabelColumnName = "Label", PointLabels = true, WindowSize = 2, Stride = 2 }))
            .Select(w => w.Label).Should().BeEquivalentTo(new float[][] { [1, 0], [0, 1] }, o => o.WithStrictOrdering());
    }

    [Fact]
    public void Drawn_windows_lie_end_to_end_and_keep_what_is_left()
    {
        float[] values = Enumerable.Range(0, 100).Select(i => (float)i).ToArray();
        var view = View(Reading.Series("a", values), new() { MinimumWindowSize = 5, WindowSize = 20, Seed = 3, TrailingReadings = TrailingReadings.Keep });

        var windows = Cut<UnlabelledWindow>(view);

        windows.SelectMany(w => w.Series).Should().Equal(values);
        windows.SkipLast(1).Should().OnlyContain(w => w.Series.Length >= 5 && w.Series.Length <= 20).And.Subject.Select(w => w.Series.Length).Distinct().Should().HaveCountGreaterThan(2);
        windows.Select(w => w.Start).Should().Equal(windows.Select(w => (long)w.Series[0]));
        ((VectorDataViewType)view.Schema["Series"].Type).IsKnownSize.Should().BeFalse();
        view.GetRowCount().Should().Be(windows.Length);
    }

    [Fact]
    public void Windows_of_a_group_do_not_depend_on_how_groups_are_mixed()
    {
        Gen<(int, int, int, int)> gen = from a in Gen.Choose(1, 60) from b in Gen.Choose(1, 60) from seed in Gen.Choose(0, 99) from trailing in Gen.Choose(0, 2) select (a, b, seed, trailing);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int, int, int, int), bool>)(p =>
        {
            Reading[] a = Reading.Series("a", Numbers(p.Item1, 0)), b = Reading.Series("b", Numbers(p.Item2, 1000));
            var random = new Random(p.Item3);
            int taken = 0;
            Reading[] apart = [.. a, .. b];
            Reading[] mixed = apart.Select((reading, i) => (reading, key: i < a.Length ? (double)i / a.Length : random.NextDouble()))
                .OrderBy(pair => pair.key).Select(pair => pair.reading.Host == "a" ? pair.reading : b[taken++]).ToArray();
            string Text(Reading[] readings) => string.Join("; ", Cut<UnlabelledWindow>(View(readings, new()
            {
                GroupColumnName = "Host",
                MinimumWindowSize = 1,
                WindowSize = 9,
                Seed = p.Item3,
                TrailingReadings = (TrailingReadings)p.Item4,
                OrderColumnName = "Time",
            })).Select(w => $"{w.Series[0]} {w.Series.Length}").Order());
            return TrailingReadings.Drop == (TrailingReadings)p.Item4 && (a.Length < 9 || b.Length < 9) || Text(apart) == Text(mixed);
        })).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

        static float[] Numbers(int count, int from) => Enumerable.Range(from, count).Select(i => (float)i).ToArray();
    }

    [Fact]
    public void Sizes_repeat_by_the_seed_of_the_options_or_of_the_context()
    {
        Sizes(1, 5).Should().Be(Sizes(2, 5)).And.NotBe(Sizes(1, 6));
        Sizes(1, null).Should().Be(Sizes(1, null)).And.NotBe(Sizes(2, null));

        static string Sizes(int context, int? seed)
        {
            var ml = new MLContext(context);
            var view = ml.Data.WindowSeries(ml.Data.LoadFromEnumerable(Reading.Series("a", new float[300])), new WindowSeriesOptions { InputColumnName = "Value", MinimumWindowSize = 1, Seed = seed });
            string Read() => string.Join(" ", ml.Data.CreateEnumerable<UnlabelledWindow>(view, reuseRowObject: false).Select(w => w.Series.Length));
            Read().Should().Be(Read(), "every cursor gives the same windows");
            return Read();
        }
    }

    [Fact]
    public void Windows_say_when_they_start_in_the_type_of_the_order()
    {
        var readings = Reading.Series("a", 0, 1, 2, 3);
        var byTime = View(readings, new() { OrderColumnName = "Time", WindowSize = 2, Stride = 1 });
        var byNumber = View(readings, new() { OrderColumnName = "Value", WindowSize = 2, Stride = 1 });

        Cut<TimedWindow>(byTime).Select(w => w.StartTime).Should().Equal(readings.SkipLast(1).Select(r => r.Time));
        byTime.Schema["StartTime"].Type.Should().Be(DateTimeDataViewType.Instance);
        byNumber.Schema["StartTime"].Type.Should().Be(NumberDataViewType.Single);
    }

    [Fact]
    public void The_first_reading_that_goes_back_is_named_with_both_values()
    {
        Reading[] readings = [.. Reading.Series("a", 0, 1), .. Reading.Series("b", 2, 3, 4)];
        readings[4].Time = new DateTime(2026, 1, 1, 0, 4, 59);

        FluentActions.Invoking(() => View(readings, new() { GroupColumnName = "Host", OrderColumnName = "Time", WindowSize = 2 }))
            .Should().Throw<InvalidOperationException>().WithMessage("*'Time' goes back in row 4 (from 0): 2026-01-01T00:04:59.0000000 comes after 2026-01-01T00:05:00.0000000*AllowUnordered*");
    }

    [Fact]
    public void Times_that_repeat_or_go_back_between_groups_are_in_order()
    {
        Reading[] readings = [.. Reading.Series("a", 0, 1), .. Reading.Series("b", 2, 3)];
        readings[3].Time = readings[2].Time;

        Cut<Window>(View(readings, new() { GroupColumnName = "Host", LabelColumnName = "IsAnomaly", OrderColumnName = "Time", WindowSize = 2 })).Should().HaveCount(2);
    }

    [Fact]
    public void Readings_that_go_back_can_be_taken_as_they_come_and_are_counted()
    {
        var messages = Logs.Collect(_ml);
        var readings = Reading.Series("a", 0, 1, 2, 3);
        (readings[2].Time, readings[3].Time) = (readings[0].Time, readings[0].Time.AddMinutes(-1));

        View(readings, new() { OrderColumnName = "Time", AllowUnordered = true, WindowSize = 2 });

        messages.Should().ContainMatch("*'Time' go back 2 times*first in row 2*");
    }

    [Fact]
    public void An_order_that_is_not_a_number_is_refused() =>
        FluentActions.Invoking(() => View(Reading.Series("a", 0, float.NaN), new() { OrderColumnName = "Value", WindowSize = 2 }))
            .Should().Throw<InvalidOperationException>().WithMessage("*order column 'Value' holds NaN in row 1*");

    [Fact]
    public void Text_is_no_order() =>
        FluentActions.Invoking(() => View(Reading.Series("a", 0), new() { OrderColumnName = "Host" }))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*order column 'Host' is String; expected DateTime*");

    [Fact]
    public void What_is_cut_and_what_is_left_is_said()
    {
        var messages = Logs.Collect(_ml);

        View([.. Reading.Series("a", 0, 1, 2, 3), .. Reading.Series("b", 0)], new() { GroupColumnName = "Host", WindowSize = 3, Stride = 3 });

        messages.Should().ContainMatch("*5 readings in 2 series give 1 windows of 3, stride 3; 2 readings are in none*");
        messages.Should().ContainMatch("*1 of 2 series are shorter than a window of 3*");
    }

    [Fact]
    public void Only_the_columns_asked_for_are_read()
    {
        var source = new RecordingView(_ml.Data.LoadFromEnumerable(Reading.Series("a", 0, 1, 2)));
        var view = _ml.Data.WindowSeries(source, new WindowSeriesOptions
        {
            InputColumnName = "Value",
            LabelColumnName = "IsAnomaly",
            GroupColumnName = "Host",
            OrderColumnName = "Time",
            WindowSize = 2,
        });

        string Read(params string[] columns)
        {
            using (view.GetRowCursor(columns.Select(name => view.Schema[name])))
                return string.Join(" ", source.LastColumns.Order());
        }

        Read("Start").Should().Be("Host");
        Read("Series").Should().Be("Host Value");
        Read("Label").Should().Be("Host IsAnomaly");
        Read("StartTime").Should().Be("Host Time");
        Read("Host", "Series", "Label", "Start", "StartTime").Should().Be("Host IsAnomaly Time Value");
    }

    [Fact]
    public void No_reading_is_read_before_its_window_is_asked_for()
    {
        int read = 0;
        var view = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1000).Select(i => new Reading { Value = read++ })), "Series", "Value", windowSize: 50, stride: 50);
        read = 0;
        using var cursor = view.GetRowCursor(view.Schema);

        cursor.MoveNext();
        cursor.MoveNext();

        read.Should().Be(100);
    }

    [Fact]
    public void A_missing_column_is_named_with_those_there_are() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1)), "Series", "Valeu"))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*value column 'Valeu' is not in the data*'Host', 'Time', 'Value', 'IsAnomaly'*");

    [Fact]
    public void A_column_of_the_wrong_type_is_named_with_what_was_expected() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1)), "Series", "Host"))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*value column 'Host' is String; expected Single*ConvertType*");

    [Fact]
    public void Windows_are_no_readings()
    {
        var windows = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1, 2, 3)), "Series", "Value", windowSize: 2, stride: 1);

        FluentActions.Invoking(() => _ml.Data.WindowSeries(windows, "Series"))
            .Should().Throw<ArgumentOutOfRangeException>().Which.Message.Should().Contain("'Series' is Vector<Single, 2>; expected Single, one a row.").And.NotContain("ConvertType");
    }

    [Fact]
    public void A_window_shorter_than_the_others_is_said()
    {
        var messages = Logs.Collect(_ml);

        View(Reading.Series("a", 1, 2, 3, 4), new() { WindowSize = 3, Stride = 3, TrailingReadings = TrailingReadings.Keep });

        messages.Should().ContainMatch("*give 2 windows of 3 (the shortest has 1), stride 3; 0 readings are in none.");
    }

    [Fact]
    public void Faults_of_the_columns_are_told_before_a_reading_is_read()
    {
        Refused(new() { OutputColumnName = "Host", GroupColumnName = "Host" }, "*would be 'Host', 'Host', 'Start'; two of them have the same name*");
        Refused(new() { OutputColumnName = "Start" }, "*would be 'Start', 'Start'*");
        Refused(new() { LabelColumnName = "IsAnomaly", OutputLabelColumnName = "StartTime", OrderColumnName = "Time" }, "*would be 'Series', 'StartTime', 'Start', 'StartTime'*");
        Refused(new() { OrderColumnName = "Host" }, "*order column 'Host' is String; expected DateTime*");

        void Refused(WindowSeriesOptions options, string message)
        {
            options.InputColumnName = "Value";
            var view = new RecordingView(_ml.Data.LoadFromEnumerable(Reading.Series("a", Enumerable.Range(0, 60).Select(i => (float)i).ToArray())));
            FluentActions.Invoking(() => _ml.Data.WindowSeries(view, options)).Should().Throw<ArgumentException>().WithMessage(message);
            view.LastColumns.Should().BeEmpty();
        }
    }

    [Fact]
    public void Readings_are_named_as_the_argument_that_they_are() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(null!, "Series")).Should().Throw<ArgumentNullException>().WithParameterName("input");

    [Fact]
    public void Data_without_rows_are_refused() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Array.Empty<Reading>()), "Series", "Value"))
            .Should().Throw<InvalidOperationException>().WithMessage("*no rows*'Value'*");

    [Fact]
    public void A_window_longer_than_every_series_is_refused() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1, 2, 3)), "Series", "Value", windowSize: 4))
            .Should().Throw<InvalidOperationException>().WithMessage("*window of 4 readings is longer than every series: the longest of 1 has 3*");

    [Fact]
    public void An_infinite_reading_is_named_by_its_row() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1, float.PositiveInfinity)), "Series", "Value", windowSize: 1))
            .Should().Throw<InvalidOperationException>().WithMessage("*'Value' holds Infinity in row 1*NaN for a missing value*");

    [Fact]
    public void All_faults_of_the_options_are_told_at_once() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1)), "Series", "Value", windowSize: 0, stride: -1))
            .Should().Throw<ArgumentException>().WithMessage("*WindowSize is 0*Stride is -1*");

    [Fact]
    public void Settings_that_contradict_each_other_are_refused()
    {
        Refused(new() { MinimumWindowSize = 5, Stride = 5 }, "*Stride is 5 and MinimumWindowSize 5*");
        Refused(new() { MinimumWindowSize = 51 }, "*MinimumWindowSize is 51; expected 1 to WindowSize, 50*");
        Refused(new() { PointLabels = true, LabelRule = WindowLabelRule.Last }, "*PointLabels is set, and LabelRule is Last*");
        Refused(new() { LabelRule = WindowLabelRule.Fraction }, "*LabelFraction is null*");
        Refused(new() { LabelRule = WindowLabelRule.Fraction, LabelFraction = 1.5 }, "*LabelFraction is 1.5*");
        Refused(new() { LabelColumnName = "", GroupColumnName = "", OrderColumnName = "" }, "*LabelColumnName is empty*GroupColumnName is empty*OrderColumnName is empty*");
        Refused(new() { LabelFraction = 0.5 }, "*LabelFraction is 0.5, and LabelRule is Any*");

        void Refused(WindowSeriesOptions options, string message) =>
            FluentActions.Invoking(() => View(Reading.Series("a", 1), options)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Fact]
    public void The_options_go_through_JSON()
    {
        var options = new WindowSeriesOptions { MinimumWindowSize = 3, WindowSize = 9, Seed = 4, LabelRule = WindowLabelRule.Fraction, LabelFraction = 0.3, TrailingReadings = TrailingReadings.Keep, OrderColumnName = "T", AllowUnordered = true };

        JsonSerializer.Deserialize<WindowSeriesOptions>(JsonSerializer.Serialize(options)).Should().BeEquivalentTo(options);
    }

    /// <summary>The example of docs/window-series.md.</summary>
    [Fact]
    public void The_documents_example()
    {
        var ml = _ml;
        IDataView readings = ml.Data.LoadFromEnumerable(Reading.Series("web", Enumerable.Range(0, 200).Select(i => (float)i).ToArray()));

        #region fixed
        IDataView windows = ml.Data.WindowSeries(readings, outputColumnName: "Series", inputColumnName: "Value", labelColumnName: "IsAnomaly",
                                                 groupColumnName: "Host", windowSize: 50, stride: 10);
        #endregion

        windows.Schema.Select(c => c.Name).Should().Equal("Series", "Label", "Host", "Start");
        windows.GetRowCount().Should().Be(16, "a window starts at each of 0, 10, … 150");
        Documents.ShouldPrint("docs/window-series.md", "fixed");
    }

    /// <summary>The second example of docs/window-series.md.</summary>
    [Fact]
    public void The_documents_example_of_drawn_sizes()
    {
        var ml = _ml;
        IDataView readings = ml.Data.LoadFromEnumerable(Reading.Series("web", Enumerable.Range(0, 200).Select(i => (float)i).ToArray()));

        #region variable
        IDataView windows = ml.Data.WindowSeries(readings, new WindowSeriesOptions
        {
            OutputColumnName = "Series",
            InputColumnName = "Value",
            LabelColumnName = "IsAnomaly",
            LabelRule = WindowLabelRule.Last,
            GroupColumnName = "Host",
            OrderColumnName = "Time",
            MinimumWindowSize = 1,
            WindowSize = 50,
            Seed = 1,
            TrailingReadings = TrailingReadings.Keep,
        });
        #endregion

        windows.Schema.Select(c => c.Name).Should().Equal("Series", "Label", "Host", "Start", "StartTime");
        Cut<UnlabelledWindow>(windows).Sum(w => w.Series.Length).Should().Be(200);
        Documents.ShouldPrint("docs/window-series.md", "variable");
    }

    private IDataView View(Reading[] readings, WindowSeriesOptions options)
    {
        options.InputColumnName = "Value";
        return _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(readings), options);
    }

    private TWindow[] Cut<TWindow>(IDataView view)
        where TWindow : class, new() => _ml.Data.CreateEnumerable<TWindow>(view, reuseRowObject: false).ToArray();

    private Window[] Windows(Reading[] readings, int windowSize, int stride)
    {
        var view = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(readings), outputColumnName: "Series", inputColumnName: "Value",
            labelColumnName: "IsAnomaly", groupColumnName: "Host", windowSize: windowSize, stride: stride);
        return _ml.Data.CreateEnumerable<Window>(view, reuseRowObject: false).ToArray();
    }

    private sealed class UnlabelledWindow
    {
        public float[] Series { get; set; } = [];

        public long Start { get; set; }
    }

    private sealed class TimedWindow
    {
        public DateTime StartTime { get; set; }
    }

    private sealed class SingleReading
    {
        public float Value { get; set; }

        public float Label { get; set; }
    }

    private sealed class SingleWindow
    {
        public float Label { get; set; }
    }

    private sealed class SinglePointWindow
    {
        public float[] Label { get; set; } = [];
    }
}
