using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class RowOperationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Taking_and_skipping_rows_keeps_the_order()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());

        _ml.Data.TakeRows(data, 2).GetColumn<float>("Value").Should().Equal(0, 1);
        _ml.Data.SkipRows(data, 4).GetColumn<float>("Value").Should().Equal(4, 5);
    }

    [Fact]
    public void A_split_parts_the_rows_in_their_order_and_repeats()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some(200));
        var split = _ml.Data.TrainTestSplit(data, testFraction: 0.3, seed: 5);

        var train = split.TrainSet.GetColumn<float>("Value").ToArray();
        var test = split.TestSet.GetColumn<float>("Value").ToArray();
        train.Should().BeInAscendingOrder();
        test.Should().BeInAscendingOrder();
        train.Concat(test).Should().BeEquivalentTo(Enumerable.Range(0, 200).Select(i => (float)i));
        test.Length.Should().BeInRange(30, 90); // 60 expected; the bounds are over four deviations away
        split.TestSet.GetColumn<float>("Value").Should().Equal(test);
        split.TrainSet.Schema.Select(c => c.Name).Should().Equal(data.Schema.Select(c => c.Name));
    }

    [Fact]
    public void A_split_by_a_key_tears_no_group()
    {
        var rows = Enumerable.Range(0, 300).Select(i => new Reading { Host = $"host {i % 50}", Value = i }).ToArray();
        var split = _ml.Data.TrainTestSplit(_ml.Data.LoadFromEnumerable(rows), testFraction: 0.4, samplingKeyColumnName: "Host", seed: 5);

        var train = split.TrainSet.GetColumn<string>("Host").ToHashSet();
        var test = split.TestSet.GetColumn<string>("Host").ToHashSet();
        train.Should().NotIntersectWith(test);
        (train.Count + test.Count).Should().Be(50);
        test.Should().NotBeEmpty();
        train.Should().NotBeEmpty();
    }

    [Fact]
    public void Every_row_is_in_the_test_part_of_one_fold_and_in_the_training_part_of_all_others()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some(200));
        var folds = _ml.Data.CrossValidationSplit(data, numberOfFolds: 4, seed: 5);

        folds.Should().HaveCount(4);
        folds.SelectMany(f => f.TestSet.GetColumn<float>("Value")).Should().BeEquivalentTo(Enumerable.Range(0, 200).Select(i => (float)i));
        foreach (var fold in folds)
        {
            var test = fold.TestSet.GetColumn<float>("Value").ToArray();
            test.Should().BeInAscendingOrder();
            test.Length.Should().BeInRange(20, 80); // 50 expected; the bounds are over four deviations away
            fold.TrainSet.GetColumn<float>("Value").Should().Equal(Enumerable.Range(0, 200).Select(i => (float)i).Except(test));
        }
    }

    [Fact]
    public void Folds_by_a_key_tear_no_group()
    {
        var rows = Enumerable.Range(0, 300).Select(i => new Reading { Host = $"host {i % 50}", Value = i }).ToArray();

        foreach (var fold in _ml.Data.CrossValidationSplit(_ml.Data.LoadFromEnumerable(rows), numberOfFolds: 3, samplingKeyColumnName: "Host", seed: 5))
        {
            var train = fold.TrainSet.GetColumn<string>("Host").ToHashSet();
            var test = fold.TestSet.GetColumn<string>("Host").ToHashSet();
            train.Should().NotIntersectWith(test);
            (train.Count + test.Count).Should().Be(50);
        }
    }

    [Fact]
    public void One_fold_is_refused() =>
        _ml.Data.Invoking(d => d.CrossValidationSplit(_ml.Data.LoadFromEnumerable(Reading.Some()), numberOfFolds: 1))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*more than 1*");

    [Fact]
    public void A_cache_reads_its_source_once()
    {
        int passes = 0;
        IEnumerable<Reading> Rows()
        {
            passes++;
            foreach (var row in Reading.Some())
                yield return row;
        }
        var cache = _ml.Data.Cache(_ml.Data.LoadFromEnumerable(Rows()), "Value", "Series");

        cache.GetColumn<float>("Value").Should().Equal(0, 1, 2, 3, 4, 5);
        cache.GetColumn<float[]>("Series").Select(s => s.Length).Should().Equal(0, 1, 2, 3, 4, 5);
        passes.Should().Be(1);
    }

    [Fact]
    public void Shuffling_keeps_every_row()
    {
        var shuffled = _ml.Data.ShuffleRows(_ml.Data.LoadFromEnumerable(Reading.Some(50)), seed: 3).GetColumn<float>("Value").ToArray();

        shuffled.Should().BeEquivalentTo(Enumerable.Range(0, 50).Select(i => (float)i)).And.NotBeInAscendingOrder();
    }
}
