using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Tests.Quantization;

public sealed class QuantizeSeriesTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Tokens
    {
        [KeyType(10)]
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
    public void A_constant_range_warns()
    {
        var messages = Logs.Collect(_ml);

        _ml.Transforms.QuantizeSeries("Features", "Series", binCount: 10).Fit(View([3, 3, 3]));

        messages.Should().ContainMatch("*Kind=Warning*'Series' are all 3*");
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
    public void A_missing_column_and_a_wrong_type_are_named()
    {
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Sereis").Fit(View([1])))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Sereis' is not in the data*'Host', 'Series'*");
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Host").Fit(View([1])))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Host' is String; expected a vector of Single*");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2001)]
    public void The_number_of_bins_has_limits(int bins) =>
        FluentActions.Invoking(() => _ml.Transforms.QuantizeSeries("Features", "Series", bins))
            .Should().Throw<ArgumentException>().WithMessage($"*BinCount is {bins}; expected 2 to 2000*");

    [Fact]
    public void A_saved_quantizer_answers_the_same()
    {
        Query[] rows = [new() { Host = "a", Series = [0, 0.3f, 1] }, new() { Host = "b", Series = [-4, 17.25f] }];
        var view = _ml.Data.LoadFromEnumerable(rows);
        var transformer = _ml.Transforms.QuantizeSeries("Features", "Series", binCount: 10, groupColumnName: "Host").Fit(view);
        using var file = new MemoryStream();
        _ml.Model.Save(transformer, view.Schema, file);
        file.Position = 0;

        var loaded = new MLContext().Model.Load(file, out _);

        Read(loaded.Transform(view)).Should().BeEquivalentTo(Read(transformer.Transform(view)), o => o.WithStrictOrdering());
    }

    private IDataView View(params float[][] series) => _ml.Data.LoadFromEnumerable(series.Select(s => new Query { Host = "a", Series = s }));

    private uint[][] Read(IDataView view) => _ml.Data.CreateEnumerable<Tokens>(view, reuseRowObject: false).Select(t => t.Features).ToArray();
}
