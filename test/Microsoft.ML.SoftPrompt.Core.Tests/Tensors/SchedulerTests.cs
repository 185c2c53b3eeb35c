namespace Microsoft.ML.SoftPrompt.Tensors;

[Collection(nameof(SchedulerThreads))]
public class SchedulerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public void Every_item_runs_once(int count)
    {
        int[] runs = new int[count];
        Scheduler.Run(count, i => Interlocked.Increment(ref runs[i]));
        runs.Should().Equal(Enumerable.Repeat(1, count));
    }

    [Fact]
    public void What_an_item_throws_comes_out_as_it_was_thrown()
    {
        Action run = () => Scheduler.Run(50, i =>
        {
            if (i == 7)
                throw new InvalidDataException("item 7");
        });
        run.Should().ThrowExactly<InvalidDataException>().WithMessage("item 7");
    }

    [Fact]
    public void A_call_within_an_item_runs_on_the_items_thread()
    {
        int strangers = 0;
        Scheduler.Run(8, _ =>
        {
            int thread = Environment.CurrentManagedThreadId;
            Scheduler.Run(8, _ => Interlocked.Add(ref strangers, Environment.CurrentManagedThreadId == thread ? 0 : 1));
        });
        strangers.Should().Be(0);
    }

    [Fact]
    public void A_cancelled_run_stops_and_says_so()
    {
        using CancellationTokenSource source = new();
        int runs = 0;
        Action run = () => Scheduler.Run(
            1000,
            _ =>
            {
                Interlocked.Increment(ref runs);
                source.Cancel();
            },
            source.Token);
        run.Should().Throw<OperationCanceledException>();
        runs.Should().BeLessThan(1000);
    }

    [Fact]
    public void Fewer_than_one_thread_is_refused()
    {
        Action set = () => Scheduler.MaxThreads = 0;
        set.Should().Throw<ArgumentOutOfRangeException>();
    }
}
