using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.StandIn.Tests.Behaviour;

public sealed class VBufferTests
{
    [Fact]
    public void A_sparse_vector_is_zero_where_nothing_is_said()
    {
        var sparse = new VBuffer<float>(5, 2, [7f, 8f], [1, 4]);

        sparse.IsDense.Should().BeFalse();
        sparse.DenseValues().Should().Equal(0, 7, 0, 0, 8);
        sparse.GetItemOrDefault(4).Should().Be(8);
        sparse.GetItemOrDefault(0).Should().Be(0);
        sparse.Items().Select(i => i.Key).Should().Equal(1, 4);
        VBuffer<float> dense = default;
        sparse.CopyToDense(ref dense);
        dense.GetValues().ToArray().Should().Equal(0, 7, 0, 0, 8);
    }

    [Fact]
    public void An_editor_writes_into_the_old_array_where_it_is_long_enough()
    {
        var array = new float[4];
        var buffer = new VBuffer<float>(4, array);
        var editor = VBufferEditor.Create(ref buffer, 3);
        editor.Values[0] = 5;
        buffer = editor.Commit();

        array[0].Should().Be(5);
        buffer.Length.Should().Be(3);
        VBufferEditor.Create(ref buffer, 5).CreatedNewValues.Should().BeTrue();
    }

    [Fact]
    public void Too_few_values_are_refused() =>
        FluentActions.Invoking(() => new VBuffer<float>(3, [1f])).Should().Throw<ArgumentException>();
}
