namespace Microsoft.ML.SoftPrompt.Series;

public sealed class ValueRangeTests
{
    [Fact]
    public void Range_spans_the_values_and_skips_missing_ones() =>
        ValueRange.Empty.Include([float.NaN, 3, -1]).Include([2, float.NaN, 7]).Should().Be(new ValueRange(-1, 7));

    [Fact]
    public void Range_of_missing_values_stays_empty() => ValueRange.Empty.Include([float.NaN]).IsEmpty.Should().BeTrue();
}
