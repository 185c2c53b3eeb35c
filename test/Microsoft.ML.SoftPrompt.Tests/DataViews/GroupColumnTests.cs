using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tests.Balancing;

namespace Microsoft.ML.SoftPrompt.Tests.DataViews;

public sealed class GroupColumnTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_column_that_cannot_name_groups_is_refused_by_its_role()
    {
        var view = _ml.Data.LoadFromEnumerable(SeriesRows.Some(9));

        FluentActions.Invoking(() => _ml.Transforms.BalanceTSmote("Series", samplingKeyColumnName: "Extra").Fit(view))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("The sampling key column 'Extra' is Vector<Double*expected text, an integer, a Boolean or a key*");
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Tokens", "Series", groupColumnName: "Extra").Fit(view))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("The group column 'Extra' is Vector<Double*expected text, an integer, a Boolean or a key*");
    }

    [Fact]
    public void A_stage_may_put_something_else_in_the_place_of_the_windows_groups()
    {
        var windows = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i => new NumberedReading { Value = i % 7, IsAnomaly = i % 8 == 0, Number = i / 50 })),
            "Series", "Value", "IsAnomaly", "Number", windowSize: 4, stride: 2);
        var converted = _ml.Transforms.Conversion.ConvertType("Number", outputKind: DataKind.Single).Fit(windows).Transform(windows);
        var messages = Logs.Collect(_ml);

        _ml.Transforms.BalanceTSmote("Series").Fit(converted);

        messages.Should().ContainMatch("*Of those meant for it 1 share readings with a window that trains*", "the windows' starts still tell the series apart");
    }

    private sealed class NumberedReading
    {
        public float Value { get; set; }

        public bool IsAnomaly { get; set; }

        public int Number { get; set; }
    }
}
