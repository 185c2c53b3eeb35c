using FsCheck;
using FsCheck.Fluent;

namespace Microsoft.ML.SoftPrompt.Training;

public sealed class CallPlanTests
{
    [Fact]
    public void Batch_is_cut_into_calls_of_about_the_preferred_size() =>
        // 90 positions in calls of at most 40 are three calls of 30.
        CallPlan.Cut([10, 10, 10, 10, 10, 10, 10, 10, 10], 40).Should().Equal(0, 3, 6, 9);

    [Fact]
    public void Series_larger_than_a_call_stand_alone() => CallPlan.Cut([100, 100, 1], 50).Should().Equal(0, 1, 2, 3);

    [Fact]
    public void Small_batch_is_one_call() => CallPlan.Cut([3, 4], 100).Should().Equal(0, 2);

    [Fact]
    public void Every_series_is_in_one_call_and_calls_are_even()
    {
        Gen<(int[], int)> gen = from sizes in Gen.Choose(1, 50).NonEmptyListOf() from preferred in Gen.Choose(1, 300) select (sizes.ToArray(), preferred);

        Prop.ForAll(gen.ToArbitrary(), (Func<(int[], int), bool>)(p =>
        {
            (int[] sizes, int preferred) = p;
            int[] starts = CallPlan.Cut(sizes, preferred);
            int[] calls = starts.Zip(starts.Skip(1), (from, to) => sizes[from..to].Sum()).ToArray();
            return starts[0] == 0 && starts[^1] == sizes.Length
                && starts.Zip(starts.Skip(1)).All(c => c.First < c.Second)
                && calls.All(c => c <= preferred + sizes.Max());
        })).QuickCheckThrowOnFailure();
    }
}
