using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.Tests.Balancing;

/// <summary>What balancing refuses, and what it says.</summary>
public sealed class BalanceTSmoteInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Too_few_neighbours_are_counted() =>
        Fitting(SeriesRows.Some(17), o => o.ValidationFraction = 0, rows => rows[15].Label = false) // 5 anomalous rows: 4 neighbours each
            .Should().Throw<InvalidOperationException>().WithMessage("Series column 'Series': Too few neighbours: 5 minority series train, and the one in row 0*has 4 *NeighbourCount asks for 5*Lower NeighbourCount*");

    [Fact]
    public void Series_of_different_lengths_are_no_neighbours_unless_resampled() =>
        Fitting(SeriesRows.Some(40), change: rows => rows[6].Series = [1, 2])
            .Should().Throw<InvalidOperationException>().WithMessage("*row 6 (from 0; 2 values) has 0 *ResampleToMedian*");

    [Fact]
    public void One_class_only_is_refused() =>
        Fitting(SeriesRows.Some(9), change: rows => Array.ForEach(rows, row => row.Label = false))
            .Should().Throw<InvalidOperationException>().WithMessage("Of the 9 rows that train 0 are anomalous and 9 normal in label column 'Label'*both classes*");

    [Fact]
    public void Data_without_rows_are_refused() =>
        Fitting([]).Should().Throw<InvalidOperationException>().WithMessage("*no rows*'Series'*");

    [Fact]
    public void An_infinity_and_an_empty_series_are_named_by_their_row()
    {
        Fitting(SeriesRows.Some(40), change: rows => rows[35].Series[2] = float.PositiveInfinity)
            .Should().Throw<InvalidOperationException>().WithMessage("*'Series' holds*row 35, value 2*");
        Fitting(SeriesRows.Some(40), change: rows => rows[1].Series = [])
            .Should().Throw<InvalidOperationException>().WithMessage("*'Series' holds no values in row 1*");
    }

    [Fact]
    public void Columns_that_are_missing_or_of_the_wrong_type_are_named()
    {
        Fitting(SeriesRows.Some(9), o => o.ColumnName = "Sereis").Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Sereis' is not in the data*");
        Fitting(SeriesRows.Some(9), o => o.ColumnName = "Host").Should().Throw<ArgumentOutOfRangeException>().WithMessage("*series column 'Host' is String; expected a vector of Single or Double. Convert*");
        Fitting(SeriesRows.Some(9), o => o.LabelColumnName = "Number").Should().Throw<ArgumentOutOfRangeException>().WithMessage("*label column 'Number' is Int32; expected Boolean or Single*");
        Fitting(SeriesRows.Some(9), o => o.LabelColumnName = "Extra").Should().Throw<ArgumentOutOfRangeException>().WithMessage("*label column 'Extra'*balance windows that are labelled as a whole*");
        Fitting(SeriesRows.Some(9), o => o.NeighbourGroupColumnName = "Hots").Should().Throw<ArgumentOutOfRangeException>().WithMessage("*group column 'Hots' is not in the data*");
        Fitting(SeriesRows.Some(9), o => o.StartColumnName = "Number").Should().Throw<ArgumentOutOfRangeException>().WithMessage("*window start column 'Number' is Int32; expected Int64*");
        Fitting(SeriesRows.Some(9), o => o.SamplingKeyColumnName = "Series").Should().Throw<ArgumentOutOfRangeException>().WithMessage("*'Series'*");
    }

    [Fact]
    public void Tokens_are_refused_with_advice_by_a_stage_and_by_a_chain()
    {
        var view = _ml.Data.LoadFromEnumerable(SeriesRows.Some(40));
        var quantizer = _ml.Transforms.QuantizeSeries("Tokens", "Series");

        FluentActions.Invoking(() => _ml.Transforms.BalanceTSmote("Tokens").Fit(quantizer.Fit(view).Transform(view)))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*'Tokens'*balance before Transforms.QuantizeSeries*");
        FluentActions.Invoking(() => quantizer.Append(_ml.Transforms.BalanceTSmote("Tokens")).Fit(view))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*'Tokens'*balance before Transforms.QuantizeSeries*");
    }

    [Fact]
    public void A_chain_tells_of_a_wrong_start_before_it_fits()
    {
        var recording = new RecordingEstimator();

        FluentActions.Invoking(() => recording.Append(_ml.Transforms.BalanceTSmote(new TSmoteBalancer.Options { StartColumnName = "Number" })).Fit(_ml.Data.LoadFromEnumerable(SeriesRows.Some(40))))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*window start column 'Number' is Scalar of Int32; expected Int64*");
        recording.Fits.Should().BeEmpty();
    }

    [Fact]
    public void Tokens_that_were_made_before_balancing_are_warned_of()
    {
        var messages = Logs.Collect(_ml);

        _ml.Transforms.QuantizeSeries("Tokens", "Series").Append(_ml.Transforms.BalanceTSmote("Series")).Fit(_ml.Data.LoadFromEnumerable(SeriesRows.Some(40)));

        messages.Should().ContainMatch("*Kind=Warning*'Tokens' holds tokens*Balance before QuantizeSeries*");
    }

    [Fact]
    public void Data_that_were_balanced_before_are_refused()
    {
        var view = _ml.Data.LoadFromEnumerable(SeriesRows.Some(40));
        var balanced = _ml.Transforms.BalanceTSmote("Series").Fit(view).Balance(view);

        FluentActions.Invoking(() => _ml.Transforms.BalanceTSmote("Series").Fit(balanced)).Should().Throw<InvalidOperationException>().WithMessage("Row 32 (from 0) is marked*balanced before*");
        FluentActions.Invoking(() => _ml.Transforms.BalanceTSmote("Series").Append(_ml.Transforms.BalanceTSmote("Series")).Fit(view)).Should().Throw<InvalidOperationException>().WithMessage("*balanced before*");
    }

    [Fact]
    public void Data_that_change_between_passes_are_refused()
    {
        int passes = 0;
        IEnumerable<SeriesRow> Growing() => SeriesRows.Some(40 + passes++);
        IEnumerable<SeriesRow> Rows()
        {
            foreach (var row in Growing())
                yield return row;
        }
        var balanced = _ml.Transforms.BalanceTSmote("Series").Fit(_ml.Data.LoadFromEnumerable(Rows())).Balance(_ml.Data.LoadFromEnumerable(Rows()));

        balanced.Invoking(view => view.GetColumn<bool>("IsSynthetic").Count()).Should().Throw<InvalidOperationException>().WithMessage("*had 41 rows*Data.Cache*");
    }

    [Fact]
    public void All_faults_of_the_options_are_told_at_once() =>
        FluentActions.Invoking(() => _ml.Transforms.BalanceTSmote(new TSmoteBalancer.Options { NeighbourCount = 0, TargetRatio = 1.5, ValidationFraction = 1, MaximumSyntheticCount = -1, ColumnName = "" }))
            .Should().Throw<ArgumentException>().WithMessage("*ColumnName is empty*ValidationFraction is 1*NeighbourCount is 0*TargetRatio is 1.5*MaximumSyntheticCount is -1*");

    [Fact]
    public void The_options_go_through_JSON_as_sweeps_send_them()
    {
        var options = new TSmoteBalancer.Options { ColumnName = "X", NeighbourCount = 3, TargetRatio = 0.5, Lengths = NeighbourLengths.ResampleToMedian, MaximumSyntheticCount = 9, Seed = 4 };

        JsonSerializer.Deserialize<TSmoteBalancer.Options>(JsonSerializer.Serialize(options)).Should().BeEquivalentTo(options);
    }

    [Theory]
    [InlineData("\"targetRatio\": 1", "\"targetRatio\": 2", "TargetRatio is 2")]
    [InlineData("\"seed\": 7", "\"seed\": null", "no seed")]
    [InlineData("\"lengths\": \"EqualLengths\"", "\"lengths\": \"Odd\"", "balancer.json")]
    [InlineData("\"neighbourCount\": 5", "\"neighbours\": 5", "balancer.json")]
    public void A_file_that_lies_is_refused(string old, string changed, string named)
    {
        var view = _ml.Data.LoadFromEnumerable(SeriesRows.Some(40));
        using var file = new MemoryStream();
        _ml.Model.Save(_ml.Transforms.BalanceTSmote(new TSmoteBalancer.Options { Seed = 7 }).Fit(view), view.Schema, file);
        using (var zip = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            var entry = zip.Entries.Single(e => e.Name == "balancer.json");
            using var stream = entry.Open();
            string text = new StreamReader(stream).ReadToEnd();
            text.Should().Contain(old, "the test changes what is there");
            stream.SetLength(0);
            stream.Write(Encoding.UTF8.GetBytes(text.Replace(old, changed, StringComparison.Ordinal)));
        }
        file.Position = 0;

        FluentActions.Invoking(() => _ml.Model.Load(file, out _)).Should().Throw<Exception>().Where(e => e.ToString().Contains(named));
    }

    private Action Fitting(SeriesRow[] rows, Action<TSmoteBalancer.Options>? configure = null, Action<SeriesRow[]>? change = null)
    {
        var options = new TSmoteBalancer.Options { Seed = 1 };
        configure?.Invoke(options);
        change?.Invoke(rows);
        return () => _ml.Transforms.BalanceTSmote(options).Fit(_ml.Data.LoadFromEnumerable(rows));
    }
}
