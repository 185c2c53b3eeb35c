using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class PredictionEngineTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Only_bound_members_are_computed()
    {
        var bound = new PlusTransformer("Result", "Value", 1);
        var unbound = new PlusTransformer("Unbound", "Value", 1);
        using var engine = _ml.Model.CreatePredictionEngine<Reading, Sum>(new TransformerChain<ITransformer>(bound, unbound));

        engine.Predict(new() { Value = 4 }).Result.Should().Be(5);
        engine.Predict(new() { Value = 5 }).Result.Should().Be(6);
        bound.Computed.Should().Be(2);
        unbound.Computed.Should().Be(0);
        engine.OutputSchema.GetColumnOrNull("Unbound").Should().NotBeNull();
    }

    [Fact]
    public void An_engine_disposes_what_it_owns()
    {
        var owned = new PlusTransformer("Result", "Value", 1);
        _ml.Model.CreatePredictionEngine<Reading, Sum>(owned).Dispose();
        owned.IsDisposed.Should().BeTrue();

        var lent = new PlusTransformer("Result", "Value", 1);
        _ml.Model.CreatePredictionEngine<Reading, Sum>(lent, new PredictionEngineOptions { OwnsTransformer = false }).Dispose();
        lent.IsDisposed.Should().BeFalse();
    }

    [Fact]
    public void With_a_schema_every_column_of_it_wants_a_member()
    {
        var schema = _ml.Data.LoadFromEnumerable(Reading.Some()).Schema;
        var model = new PlusTransformer("Result", "Value", 1);

        FluentActions.Invoking(() => _ml.Model.CreatePredictionEngine<ValueOnly, Sum>(model, schema)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*column*");
        _ml.Model.CreatePredictionEngine<ValueOnly, Sum>(model).Predict(new() { Value = 1 }).Result.Should().Be(2);
        _ml.Model.CreatePredictionEngine<Reading, Sum>(model, schema).Predict(new() { Value = 1 }).Result.Should().Be(2);
    }

    [Fact]
    public void A_label_stage_left_in_asks_for_the_label()
    {
        var data = _ml.Data.LoadFromEnumerable(Reading.Some());
        var model = new EstimatorChain<ITransformer>()
            .Append(_ml.Transforms.Conversion.ConvertType("LabelNumber", "Label"), TransformerScope.TrainTest)
            .Append(new FixedEstimator<ITransformer>(new PlusTransformer("Result", "Value", 1)))
            .Fit(data);

        FluentActions.Invoking(() => _ml.Model.CreatePredictionEngine<ValueOnly, Sum>(model)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*Label*");
        _ml.Model.CreatePredictionEngine<ValueOnly, Sum>(model.GetModelFor(TransformerScope.Scoring)).Predict(new() { Value = 1 }).Result.Should().Be(2);
    }

    private sealed class ValueOnly
    {
        public float Value { get; set; }
    }
}
