namespace Microsoft.ML.SoftPrompt.Tensors;

public class CrewTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Every_item_of_a_phase_is_done_once_before_the_next_phase_begins(int threads)
    {
        Crew crew = new();
        for (int repeat = 0; repeat < 300; repeat++)
        {
            Sums work = new();
            crew.Run(work, threads, Sums.Phases);
            work.Last.Should().OnlyContain(value => value == Sums.Phases);
        }
    }

    [Fact]
    public void What_a_member_throws_comes_out_and_the_crew_serves_again()
    {
        Crew crew = new();
        Action run = () => crew.Run(new Sums { FailsAt = 3 }, 2, Sums.Phases);
        run.Should().Throw<InvalidOperationException>().WithMessage("item 3");
        Sums work = new();
        crew.Run(work, 2, Sums.Phases);
        work.Last.Should().OnlyContain(value => value == Sums.Phases);
    }

    [Fact]
    public void A_crew_whose_helpers_never_come_finishes_all_the_same()
    {
        Crew crew = new();
        TaskCompletionSource release = new();
        ThreadPool.GetMinThreads(out int busy, out _);
        for (int i = 0; i < busy; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.Task.Wait(), null);
        Sums work = new();
        crew.Run(work, 2, Sums.Phases);
        release.SetResult();
        work.Last.Should().OnlyContain(value => value == Sums.Phases);
    }

    /// <summary>Each item of a phase reads two of the phase before: a phase that begins too early shows.</summary>
    private sealed class Sums : ICrewWork
    {
        public const int Phases = 20;
        private const int Items = 9;
        private readonly int[][] _values = [.. Enumerable.Range(0, Phases + 1).Select(_ => new int[Items])];

        public int FailsAt { get; init; } = -1;

        public int[] Last => _values[Phases];

        public void Run(ref CrewMember member)
        {
            for (int phase = 0; phase < Phases; phase++)
            {
                member.Begin(Items);
                while (member.Next(out int item))
                {
                    if (phase == 5 && item == FailsAt)
                        throw new InvalidOperationException($"item {item}");
                    _values[phase + 1][item] += Math.Min(_values[phase][(item + 1) % Items], _values[phase][(item + 4) % Items]) + 1;
                }
            }
        }
    }
}
