using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class ChainTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Every_stage_is_fitted_and_only_scoring_stages_transform()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        var label = new FixedEstimator<ITransformer>(new PlusTransformer("Training only", "Value", 1));
        var last = new FixedEstimator<PlusTransformer>(new PlusTransformer("Result", "Value", 2));
        var chain = new EstimatorChain<ITransformer>().Append(label, TransformerScope.TrainTest).Append(last).Fit(data);

        last.FittedOn!.Schema.GetColumnOrNull("Training only").Should().NotBeNull();
        chain.Transform(data).Schema.GetColumnOrNull("Training only").Should().BeNull();
        chain.Transform(data, TransformerScope.Everything).Schema.GetColumnOrNull("Training only").Should().NotBeNull();
        chain.Transform(data).GetColumn<float>("Result").Should().Equal(2, 3, 4, 5, 6, 7);
        chain.GetModelFor(TransformerScope.Scoring).Should().ContainSingle().Which.Should().BeSameAs(chain.LastTransformer);
        chain.Should().HaveCount(2);
    }

    [Fact]
    public void A_mapper_runs_every_stage_whatever_its_scope()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        ITransformer chain = new EstimatorChain<ITransformer>()
            .Append(new FixedEstimator<ITransformer>(new PlusTransformer("Training only", "Value", 1)), TransformerScope.TrainTest)
            .Append(new FixedEstimator<ITransformer>(new PlusTransformer("Result", "Training only", 2)))
            .Fit(data);

        chain.GetRowToRowMapper(data.Schema).OutputSchema.GetColumnOrNull("Training only").Should().NotBeNull();
    }

    [Fact]
    public void A_training_time_mapping_is_seen_by_later_stages_only()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        var first = new FixedEstimator<ITransformer>(new TrainingOnlyRows(_ml));
        var last = new FixedEstimator<ITransformer>(new PlusTransformer("Result", "Value", 2));
        var chain = first.Append(last).Fit(data);

        first.FittedOn.Should().BeSameAs(data);
        last.FittedOn!.GetColumn<float>("Value").Should().Equal(0f);
        chain.Transform(data).GetColumn<float>("Value").Should().HaveCount(6);
    }

    [Fact]
    public void A_row_of_another_schema_is_refused_even_where_the_columns_are_the_same()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        var same = _ml.Data.LoadFromEnumerable(Reading.Some());
        ITransformer chain = new TransformerChain<ITransformer>(new PlusTransformer("Result", "Value", 2));
        using var cursor = same.GetRowCursor(same.Schema);

        chain.GetRowToRowMapper(data.Schema).Invoking(m => m.GetRow(cursor, m.OutputSchema)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Own_stages_compose_with_the_frameworks()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some(3));
        var chain = _ml.Transforms.Conversion.ConvertType("Number", "Label")
            .Append(_ml.Transforms.CopyColumns("Copy", "Number"))
            .Append(_ml.Transforms.Concatenate("Features", "Copy", "Pair"))
            .AppendCacheCheckpoint(_ml)
            .Append(new FixedEstimator<ITransformer>(new PlusTransformer("Result", "Copy", 1)));
        var output = chain.Fit(data).Transform(data);

        output.GetColumn<float[]>("Features").Should().BeEquivalentTo([new float[] { 0, 0, 0 }, [1, 1, -1], [0, 2, -2]], o => o.WithStrictOrdering());
        output.Schema["Features"].Type.Should().Be(new VectorDataViewType(NumberDataViewType.Single, 3));
        output.GetColumn<float>("Result").Should().Equal(1, 2, 1);
    }

    [Fact]
    public void A_missing_column_is_named_before_anything_is_fitted()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        var first = new FixedEstimator<ITransformer>(new PlusTransformer("Result", "Value", 1));

        FluentActions.Invoking(() => first.Append(_ml.Transforms.CopyColumns("Copy", "Absent")).Fit(data))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*'Absent'*");
        first.FittedOn.Should().BeNull();
    }
}
