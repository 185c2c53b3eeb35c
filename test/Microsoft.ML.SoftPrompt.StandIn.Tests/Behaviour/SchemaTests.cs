using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class SchemaTests
{
    [Fact]
    public void Of_two_columns_with_one_name_the_later_hides_the_earlier()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("A", NumberDataViewType.Single);
        builder.AddColumn("A", NumberDataViewType.Double);
        var schema = builder.ToSchema();

        schema["A"].Index.Should().Be(1);
        schema[0].IsHidden.Should().BeTrue();
        schema.GetColumnOrNull("B").Should().BeNull();
        schema.Invoking(s => s["B"]).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*'B'*");
    }

    [Fact]
    public void Shapes_know_keys_without_their_count_and_vectors_without_their_size()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("K", new VectorDataViewType(new KeyDataViewType(typeof(uint), 100), 50));
        builder.AddColumn("V", new VectorDataViewType(NumberDataViewType.Single));
        var shape = SchemaShape.Create(builder.ToSchema());

        shape[0].IsKey.Should().BeTrue();
        shape[0].ItemType.Should().Be(NumberDataViewType.UInt32);
        shape[0].Kind.Should().Be(SchemaShape.Column.VectorKind.Vector);
        shape[1].Kind.Should().Be(SchemaShape.Column.VectorKind.VariableVector);
        shape[1].IsKey.Should().BeFalse();
    }

    [Theory]
    [InlineData(0, "Vector<Single, *>")]
    [InlineData(3, "Vector<Single, 3>")]
    public void Types_print_as_ml_net_prints_them(int size, string expected) =>
        new VectorDataViewType(NumberDataViewType.Single, size).ToString().Should().Be(expected);

    [Fact]
    public void Keys_are_equal_by_raw_type_and_count()
    {
        new KeyDataViewType(typeof(uint), 5).Should().Be(new KeyDataViewType(typeof(uint), 5ul));
        new KeyDataViewType(typeof(uint), 5).Equals(new KeyDataViewType(typeof(uint), 6)).Should().BeFalse();
        new KeyDataViewType(typeof(uint), 100).ToString().Should().Be("Key<UInt32, 0-99>");
        FluentActions.Invoking(() => new KeyDataViewType(typeof(int), 5)).Should().Throw<ArgumentException>();
    }
}
