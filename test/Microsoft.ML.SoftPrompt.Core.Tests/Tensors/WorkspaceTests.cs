namespace Microsoft.ML.SoftPrompt.Tensors;

public unsafe class WorkspaceTests
{
    /// <summary>More than the smallest chunk has room for, in whole cache lines.</summary>
    private const int Piece = 320_000;

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

    [Fact]
    public void It_grows_to_exactly_what_the_largest_call_needs()
    {
        using Workspace workspace = new();
        TakeIn(pieces: 3);
        long before = AlignedMemory.AllocatedBytesForCurrentThread;

        TakeIn(pieces: 40);
        (AlignedMemory.AllocatedBytesForCurrentThread - before).Should().Be((37 + 40) * sizeof(float) * Piece, "37 more pieces, and then one chunk of all 40");
        TakeIn(pieces: 12);
        TakeIn(pieces: 40);
        (AlignedMemory.AllocatedBytesForCurrentThread - before).Should().Be((37 + 40) * sizeof(float) * Piece);

        void TakeIn(int pieces)
        {
            for (int i = 0; i < pieces; i++)
                workspace.Singles(Piece);
            workspace.Reset();
        }
    }
}
