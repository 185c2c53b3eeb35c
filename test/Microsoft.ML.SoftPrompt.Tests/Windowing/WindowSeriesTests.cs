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
    public void Times_that_repeat_or_go_back_are_counted_and_said()
    {
        var messages = Logs.Collect(_ml);
        var readings = Reading.Series("a", 0, 1, 2, 3);
        readings[1].Time = readings[0].Time;
        readings[3].Time = readings[0].Time;

        _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(readings), new WindowSeriesOptions { InputColumnName = "Value", TimeColumnName = "Time", WindowSize = 2 });

        messages.Should().ContainMatch("*'Time' repeat 1 times and go back 1 times*first in row 1*");
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
    public void Data_without_rows_are_refused() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Array.Empty<Reading>()), "Series", "Value"))
            .Should().Throw<ArgumentException>().WithMessage("*no rows*'Value'*");

    [Fact]
    public void A_window_longer_than_every_series_is_refused() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1, 2, 3)), "Series", "Value", windowSize: 4))
            .Should().Throw<ArgumentException>().WithMessage("*window of 4 readings is longer than every series: the longest of 1 has 3*");

    [Fact]
    public void An_infinite_reading_is_named_by_its_row() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1, float.PositiveInfinity)), "Series", "Value", windowSize: 1))
            .Should().Throw<ArgumentException>().WithMessage("*'Value' holds*in row 1*NaN for a missing value*");

    [Fact]
    public void All_faults_of_the_options_are_told_at_once() =>
        FluentActions.Invoking(() => _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Reading.Series("a", 1)), "Series", "Value", windowSize: 0, stride: -1))
            .Should().Throw<ArgumentException>().WithMessage("*WindowSize is 0*Stride is -1*");

    private Window[] Windows(Reading[] readings, int windowSize, int stride)
    {
        var view = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(readings), outputColumnName: "Series", inputColumnName: "Value",
            labelColumnName: "IsAnomaly", groupColumnName: "Host", windowSize: windowSize, stride: stride);
        return _ml.Data.CreateEnumerable<Window>(view, reuseRowObject: false).ToArray();
    }
}
