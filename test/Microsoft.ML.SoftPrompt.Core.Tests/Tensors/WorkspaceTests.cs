namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class WorkspaceTests
{
    [Fact]
    public void Pieces_do_not_overlap_and_start_on_a_cache_line()
    {
        using Workspace workspace = new();
        float* first = workspace.Singles(3), second = workspace.Singles(1_000_000), third = workspace.Singles(1);
        first[0] = 1;
        new Span<float>(second, 1_000_000).Fill(2);
        third[0] = 3;
        (first[0], second[0], second[999_999], third[0]).Should().Be((1f, 2f, 2f, 3f));
        (((nint)first | (nint)second | (nint)third) % 64).Should().Be(0);
    }

    [Fact]
    public void After_a_reset_the_same_room_is_given_again()
    {
        using Workspace workspace = new();
        workspace.Singles(10);
        workspace.Singles(2_000_000);
        workspace.Reset();
        float* first = workspace.Singles(10), second = workspace.Singles(2_000_000);
        workspace.Reset();
        ((nint)workspace.Singles(10), (nint)workspace.Singles(2_000_000)).Should().Be(((nint)first, (nint)second));
    }
}
