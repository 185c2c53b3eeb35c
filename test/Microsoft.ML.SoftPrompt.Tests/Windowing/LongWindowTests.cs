using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Tests.Windowing;

public sealed class LongWindowTests
{
    private sealed class Row
    {
        public string Host { get; set; } = "";

        public float Value { get; set; }
    }

    [Fact]
    public void Windows_longer_than_any_group_take_room_for_what_is_there()
    {
        var ml = new MLContext();
        Row[] rows = [.. Enumerable.Range(0, 1_000).Select(i => new Row { Host = $"host {i % 3}", Value = i })];

        IDataView windows = ml.Data.WindowSeries(ml.Data.LoadFromEnumerable(rows), new WindowSeriesOptions
        {
            InputColumnName = "Value", GroupColumnName = "Host", WindowSize = int.MaxValue, Stride = int.MaxValue, TrailingReadings = TrailingReadings.MoveBack,
        });

        float[][] found = [.. windows.GetColumn<VBuffer<float>>("Series").Select(series => series.DenseValues().ToArray())];
        found.Should().HaveCount(3);
        for (int host = 0; host < 3; host++)
            found.Should().ContainEquivalentOf(rows.Where((_, i) => i % 3 == host).Select(row => row.Value).ToArray());
    }

    [Fact]
    public void A_window_longer_than_the_room_that_a_ring_starts_with_holds_the_last_readings_in_order()
    {
        var ml = new MLContext();
        IDataView windows = ml.Data.WindowSeries(ml.Data.LoadFromEnumerable(Enumerable.Range(0, 500).Select(i => new Row { Value = i })), new WindowSeriesOptions { InputColumnName = "Value", WindowSize = 150, Stride = 70 });

        windows.GetColumn<VBuffer<float>>("Series").Select(series => series.DenseValues().ToArray())
            .Should().BeEquivalentTo(Enumerable.Range(0, 6).Select(window => Enumerable.Range(70 * window, 150).Select(i => (float)i).ToArray()), options => options.WithStrictOrdering());
    }
}
