using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Tests.Balancing;

/// <summary>The balanced rows, and rows that pass.</summary>
[Collection(nameof(SchedulerThreads))]
public sealed class BalanceTSmoteTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Synthetic_rows_follow_the_others_and_copy_all_but_the_series()
    {
        // 40 rows: the last 8 validate; of the 32 that train 11 are anomalous and 21 normal.
        var rows = SeriesRows.Some(40);

        var balanced = Balance(rows, new TSmoteBalancer.Options { Seed = 3 });

        balanced.Take(40).Select(row => row.Number).Should().Equal(Enumerable.Range(0, 40));
        balanced.Take(40).Should().OnlyContain(row => !row.IsSynthetic && row.IsValidation == (row.Number >= 32));
        balanced.Take(40).Zip(rows).Should().OnlyContain(pair => pair.First.Series.SequenceEqual(pair.Second.Series));
        var synthetic = balanced[40..];
        synthetic.Should().HaveCount(10).And.OnlyContain(row => row.IsSynthetic && !row.IsValidation && row.Label && row.Number < 32);
        synthetic.Should().OnlyContain(row => row.Host == rows[row.Number].Host && row.Extra.SequenceEqual(rows[row.Number].Extra) && !row.Series.SequenceEqual(rows[row.Number].Series));
    }

    [Fact]
    public void The_ratio_is_exact_and_every_series_lies_between_neighbours_that_train() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            bool anomaliesAreFew = random.Next(2) == 0;
            var rows = SeriesRows.Some(random.Next(40, 90), seed, length: random.Next(1, 5));
            foreach (var row in rows)
                row.Label = random.Next(4) == 0 == anomaliesAreFew;
            var options = new TSmoteBalancer.Options { Seed = seed, NeighbourCount = random.Next(1, 3), TargetRatio = 0.5 + random.NextDouble() / 2, ValidationFraction = random.Next(2) * 0.2, SamplingKeyColumnName = random.Next(2) == 0 ? "Host" : null };

            var balanced = Balance(rows, options);

            var train = balanced.Where(row => !row.IsValidation && !row.IsSynthetic).ToArray();
            var made = balanced.Where(row => row.IsSynthetic).ToArray();
            int anomalous = train.Count(row => row.Label), fewer = Math.Min(anomalous, train.Length - anomalous), more = train.Length - fewer;
            made.Length.Should().Be(Math.Max(0, (int)Math.Floor(options.TargetRatio * more + 0.5) - fewer));
            var minority = train.Where(row => row.Label == (anomalous < train.Length - anomalous)).ToArray();
            foreach (var row in made)
            {
                var from = minority.Single(other => other.Number == row.Number);
                Nearest(minority, from, options.NeighbourCount).Any(to => LiesBetween(row.Series, from.Series, to.Series)).Should().BeTrue();
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Transform_is_the_identity_on_rows() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var transformer = Transformer(new TSmoteBalancer.Options { Seed = seed });
            var rows = SeriesRows.Some(new Random(seed).Next(0, 20), seed);

            var passed = SeriesRows.Read(_ml, transformer.Transform(View(rows)));

            passed.Select(SeriesRows.Text).Should().Equal(rows.Select(row => SeriesRows.Text(new BalancedRow { Number = row.Number, Host = row.Host, Series = row.Series, Label = row.Label, Extra = row.Extra })));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_seed_gives_the_same_rows_on_one_thread_or_two_and_another_seed_others()
    {
        var rows = SeriesRows.Some(80);
        string[] Texts(int seed) => Balance(rows, new TSmoteBalancer.Options { Seed = seed }).Select(SeriesRows.Text).ToArray();
        int threads = Scheduler.MaxThreads;
        try
        {
            Scheduler.MaxThreads = 1;
            string[] one = Texts(1);
            Scheduler.MaxThreads = 2;
            Texts(1).Should().Equal(one);
            Texts(2).Should().NotEqual(one);
        }
        finally
        {
            Scheduler.MaxThreads = threads;
        }
    }

    [Fact]
    public void The_columns_asked_for_do_not_matter()
    {
        var options = new TSmoteBalancer.Options { Seed = 5, SamplingKeyColumnName = "Host" };
        var view = Transformer(options).Balance(View(SeriesRows.Some(60)));
        var all = SeriesRows.Read(_ml, view);

        view.GetColumn<float[]>("Series").SelectMany(series => series).Should().Equal(all.SelectMany(row => row.Series));
        view.GetColumn<bool>("IsSynthetic").Should().Equal(all.Select(row => row.IsSynthetic));
        view.GetColumn<bool>("IsValidation").Should().Equal(all.Select(row => row.IsValidation));
        view.GetColumn<string>("Host").Should().Equal(all.Select(row => row.Host));
        all.Should().Contain(row => row.IsSynthetic).And.Contain(row => row.IsValidation);
    }

    [Fact]
    public void Cursors_of_one_view_go_their_own_ways_and_rows_have_ids_of_their_own()
    {
        var view = Transformer(new TSmoteBalancer.Options { Seed = 5 }).Balance(View(SeriesRows.Some(60)));
        using var first = view.GetRowCursor(view.Schema);
        using var second = view.GetRowCursor(view.Schema);
        var (ids, getId, getNumber, getOther) = (new HashSet<DataViewRowId>(), first.GetIdGetter(), first.GetGetter<int>(view.Schema["Number"]), second.GetGetter<int>(view.Schema["Number"]));
        var numbers = new List<int>();
        while (first.MoveNext())
        {
            DataViewRowId id = default;
            int number = 0;
            getId(ref id);
            getNumber(ref number);
            ids.Add(id);
            numbers.Add(number);
            first.Position.Should().Be(numbers.Count - 1);
            if (numbers.Count % 2 == 0)
                second.MoveNext().Should().BeTrue();
        }

        int other = 0;
        getOther(ref other);
        other.Should().Be(numbers[numbers.Count / 2 - 1]);
        ids.Should().HaveCount(numbers.Count);
        first.MoveNext().Should().BeFalse();
    }

    [Fact]
    public void Groups_are_held_out_whole()
    {
        var balanced = Balance(SeriesRows.Some(60), new TSmoteBalancer.Options { Seed = 2, SamplingKeyColumnName = "Host" });

        balanced.GroupBy(row => row.Host).Select(group => group.Select(row => row.IsValidation).Distinct().Count()).Should().OnlyContain(kinds => kinds == 1);
        balanced.Where(row => row.IsValidation).Select(row => row.Host).Distinct().Should().HaveCount(1);
    }

    [Fact]
    public void Neighbours_can_be_sought_within_a_group_so_that_scales_do_not_mix()
    {
        var rows = SeriesRows.Some(60, hosts: 2);
        foreach (var row in rows.Where(row => row.Host == "host 1"))
            row.Series = row.Series.Select(value => 1000 + value).ToArray();
        Func<BalancedRow, float> middle = row => row.Host == "host 1" ? 1000.5f : 0.5f;

        var within = Balance(rows, new TSmoteBalancer.Options { Seed = 1, NeighbourCount = 7, NeighbourGroupColumnName = "Host" });
        var across = Balance(rows, new TSmoteBalancer.Options { Seed = 1, NeighbourCount = 8 });

        within.Where(row => row.IsSynthetic).Should().HaveCount(16).And.OnlyContain(row => row.Series.All(value => Math.Abs(value - middle(row)) <= 0.5f));
        across.Should().Contain(row => row.Series.Any(value => Math.Abs(value - middle(row)) > 1), "8 anomalous rows of each host train, with 7 neighbours of their host");
    }

    [Fact]
    public void Windows_that_share_readings_with_one_that_trains_are_left_out()
    {
        var readings = Enumerable.Range(0, 400).Select(i => new Reading { Value = MathF.Sin(i), IsAnomaly = i % 50 < 5 });
        var windows = _ml.Data.WindowSeries(_ml.Data.LoadFromEnumerable(readings), "Series", "Value", "IsAnomaly", windowSize: 20, stride: 10);

        var balanced = _ml.Transforms.BalanceTSmote("Series").Fit(windows).Balance(windows);

        // 39 windows, the last 8 meant for validation; the first of them, at 310, begins within the one at 300.
        var starts = balanced.GetColumn<long>("Start").Zip(balanced.GetColumn<bool>("IsSynthetic")).Where(row => !row.Second).Select(row => row.First);
        starts.Should().Equal(Enumerable.Range(0, 39).Where(i => i != 31).Select(i => 10L * i));
        balanced.Schema["Series"].Type.Should().Be(new VectorDataViewType(NumberDataViewType.Single, 20));
    }

    [Fact]
    public void A_limit_on_synthetic_rows_holds_and_warns()
    {
        var messages = Logs.Collect(_ml);

        Balance(SeriesRows.Some(40), new TSmoteBalancer.Options { Seed = 1, MaximumSyntheticCount = 4 }).Count(row => row.IsSynthetic).Should().Be(4);

        messages.Should().ContainMatch("*Kind=Warning*needs 10 synthetic rows*allows 4*");
        messages.Should().ContainMatch("*11 anomalous and 21 normal rows train; 4 synthetic anomalous rows are added*");
    }

    [Fact]
    public void Where_the_ratio_is_reached_nothing_is_made_and_no_neighbours_are_needed()
    {
        var balanced = Balance(SeriesRows.Some(9), new TSmoteBalancer.Options { Seed = 1, TargetRatio = 0.3, ValidationFraction = 0 });

        balanced.Should().HaveCount(9).And.OnlyContain(row => !row.IsSynthetic && !row.IsValidation);
    }

    [Fact]
    public void Vectors_of_double_are_balanced_too()
    {
        var view = View(SeriesRows.Some(40));
        var transformer = _ml.Transforms.BalanceTSmote(new TSmoteBalancer.Options { ColumnName = "Extra", Seed = 1 }).Fit(view);

        var made = SeriesRows.Read(_ml, transformer.Balance(view)).Where(row => row.IsSynthetic).ToArray();

        made.Should().HaveCount(10).And.OnlyContain(row => row.Extra[0] == -row.Extra[1] && row.Extra[0] >= 0 && row.Extra[0] <= 30);
        made.Should().Contain(row => row.Extra[0] != Math.Floor(row.Extra[0]));
    }

    [Fact]
    public void Single_labels_and_missing_values_are_taken()
    {
        var rows = SeriesRows.Some(40).Select(row => new FloatRow { Series = [row.Number, float.NaN, 1], Label = row.Label ? 1 : 0 });
        var view = _ml.Data.LoadFromEnumerable(rows);

        var balanced = _ml.Transforms.BalanceTSmote("Series").Fit(view).Balance(view);

        balanced.GetColumn<float[]>("Series").Skip(40).Should().HaveCount(10).And.OnlyContain(series => float.IsNaN(series[1]) && series[2] == 1);
        balanced.GetColumn<float>("Label").Skip(40).Should().OnlyContain(label => label == 1);
    }

    [Fact]
    public void Series_of_different_lengths_can_be_resampled_to_the_median()
    {
        var rows = SeriesRows.Some(40);
        foreach (var row in rows)
            row.Series = Enumerable.Range(0, 3 + row.Number % 5).Select(t => (float)t).ToArray();

        var balanced = Balance(rows, new TSmoteBalancer.Options { Seed = 1, Lengths = NeighbourLengths.ResampleToMedian });

        // The anomalous rows that train, 0, 3, … 30, have 3, 6, 4, 7, 5, 3, 6, 4, 7, 5, 3 values: 5 in the middle.
        balanced.Where(row => row.IsSynthetic).Should().HaveCount(10).And.OnlyContain(row => row.Series.Length == 5);
        balanced.Take(40).Zip(rows).Should().OnlyContain(pair => pair.First.Series.SequenceEqual(pair.Second.Series));
    }

    [Fact]
    public void A_saved_transformer_passes_and_balances_the_same()
    {
        var view = View(SeriesRows.Some(60));
        var transformer = _ml.Transforms.BalanceTSmote("Series", samplingKeyColumnName: "Host").Fit(view);
        using var file = new MemoryStream();
        _ml.Model.Save(transformer, view.Schema, file);
        file.Position = 0;

        var other = new MLContext();
        var loaded = (TSmoteBalancingTransformer)other.Model.Load(file, out _);

        SeriesRows.Read(other, loaded.Balance(view)).Select(SeriesRows.Text).Should().Equal(SeriesRows.Read(_ml, transformer.Balance(view)).Select(SeriesRows.Text));
        SeriesRows.Read(other, loaded.Transform(view)).Should().HaveCount(60).And.OnlyContain(row => !row.IsSynthetic && !row.IsValidation);
        (loaded.Seed, loaded.ColumnName, loaded.LabelColumnName).Should().Be((transformer.Seed, "Series", "Label"));
    }

    private sealed class FloatRow
    {
        public float[] Series { get; set; } = [];

        public float Label { get; set; }
    }

    private static IEnumerable<BalancedRow> Nearest(BalancedRow[] minority, BalancedRow from, int count) => minority.Where(other => other != from)
        .OrderBy(other => from.Series.Zip(other.Series, (x, y) => ((double)x - y) * ((double)x - y)).Sum()).Take(count);

    private static bool LiesBetween(float[] made, float[] from, float[] to)
    {
        // λ is read off where the two are furthest apart; values have 24 bits, and differ by less than 1.
        int furthest = Enumerable.Range(0, from.Length).MaxBy(t => Math.Abs(to[t] - from[t]));
        double weight = ((double)made[furthest] - from[furthest]) / ((double)to[furthest] - from[furthest]);
        return weight is >= 0 and <= 1 && made.Select((value, t) => Math.Abs(value - (from[t] + weight * ((double)to[t] - from[t]))) < 1e-6).All(close => close);
    }

    private BalancedRow[] Balance(SeriesRow[] rows, TSmoteBalancer.Options options) =>
        SeriesRows.Read(_ml, _ml.Transforms.BalanceTSmote(options).Fit(View(rows)).Balance(View(rows)));

    private TSmoteBalancingTransformer Transformer(TSmoteBalancer.Options options) => _ml.Transforms.BalanceTSmote(options).Fit(View(SeriesRows.Some(60)));

    private IDataView View(SeriesRow[] rows) => _ml.Data.LoadFromEnumerable(rows);
}
