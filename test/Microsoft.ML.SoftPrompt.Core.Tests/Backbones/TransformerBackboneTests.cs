using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

[Collection(nameof(SchedulerThreads))]
public class TransformerBackboneTests
{
    private const int Shared = 5;

    private static IBackbone Open(int width, string family = "bert") => Backbone.Open(BackboneFiles.InFolder(Golden.PathOf("backbones/" + family)), Kernels.Supported()[width]);

    /// <summary>Norms behind, in front and around; absolute positions and rotary; plain and gated.</summary>
    public static IEnumerable<object[]> Kinds() =>
        new[] { "bert", "gpt2", "qwen2", "gemma2", "gemma3_text" }.SelectMany(family => Enumerable.Range(0, Kernels.Supported().Count).Select(width => new object[] { family, width }));

    private static float[] RandomRows(int count, int d, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count * d).Select(_ => random.NextSingle() - 0.5f)];
    }

    /// <summary>Series of mixed lengths and positions, supplied rows 0 and 1 among them; wanted: data, some of it, the last, none.</summary>
    private static readonly (int[] Positions, int[] Wanted)[] s_series =
    [
        ([7, 11, 13, ~0, 17, 19, 23], [5, 6, 7, 8, 9, 10, 11]),
        ([1], [0, 5]),
        ([.. Enumerable.Range(30, 40)], [44]),
        ([~1, 2, ~1], []),
        ([.. Enumerable.Range(100, 17)], [.. Enumerable.Range(0, 22)]),
    ];

    private static BackboneInput Input(IBackbone bert, params IEnumerable<int> series)
    {
        BackboneInput input = new(bert.HiddenSize);
        input.Clear(RandomRows(Shared, bert.HiddenSize, 1), RandomRows(2, bert.HiddenSize, 2));
        foreach (int s in series)
            input.Add(s_series[s].Positions, s_series[s].Wanted);
        return input;
    }

    private static (float[] Hidden, float[] SharedGradient, float[] SuppliedGradient) Pass(IBackbone bert, BackboneInput input)
    {
        int d = bert.HiddenSize;
        float[] hidden = new float[input.WantedCount * d], shared = new float[Shared * d], supplied = new float[2 * d];
        using IBackboneTape tape = bert.ForwardForTraining(input, hidden);
        tape.Backward(hidden, shared, supplied); // the gradient of ½ Σ hidden²
        return (hidden, shared, supplied);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_series_has_the_same_bits_alone_in_any_batch_and_in_any_order(string family, int width)
    {
        IBackbone bert = Open(width, family);
        float[][] alone = [.. Enumerable.Range(0, s_series.Length).Select(s => Pass(bert, Input(bert, s)).Hidden)];
        foreach (int[] order in (int[][])[[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0], [1, 1, 4]])
        {
            BackboneInput input = Input(bert, order);
            float[] expected = [.. order.SelectMany(s => alone[s])], forward = new float[expected.Length];
            Pass(bert, input).Hidden.Should().Equal(expected);
            bert.Forward(input, forward);
            forward.Should().Equal(expected);
        }
    }

    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void Gradients_of_a_batch_are_the_sums_of_those_of_its_series_bit_for_bit(int width)
    {
        IBackbone bert = Open(width);
        float[] shared = new float[Shared * bert.HiddenSize], supplied = new float[2 * bert.HiddenSize];
        for (int s = 0; s < s_series.Length; s++)
        {
            (_, float[] sharedOfOne, float[] suppliedOfOne) = Pass(bert, Input(bert, s));
            for (int i = 0; i < shared.Length; i++)
                shared[i] += sharedOfOne[i];
            for (int i = 0; i < supplied.Length; i++)
                supplied[i] += suppliedOfOne[i];
        }
        (_, float[] sharedOfAll, float[] suppliedOfAll) = Pass(bert, Input(bert, 0, 1, 2, 3, 4));
        sharedOfAll.Should().Equal(shared);
        // Series 3 uses a row twice: its two parts are added one by one here and as a pair there.
        GoldenCase.RelativeError(suppliedOfAll, supplied).Should().BeLessThan(1e-6);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("gemma3_text")]
    public void Calls_side_by_side_give_the_same_bits(string family)
    {
        IBackbone bert = Open(0, family);
        (float[] hidden, float[] shared, float[] supplied) = Pass(bert, Input(bert, 0, 1, 2, 3, 4));
        int threads = Scheduler.MaxThreads;
        try
        {
            foreach (int allowed in (int[])[1, 2, 4])
            {
                Scheduler.MaxThreads = allowed;
                Scheduler.Run(12, _ =>
                {
                    (float[] hiddenHere, float[] sharedHere, float[] suppliedHere) = Pass(bert, Input(bert, 0, 1, 2, 3, 4));
                    hiddenHere.Should().Equal(hidden);
                    sharedHere.Should().Equal(shared);
                    suppliedHere.Should().Equal(supplied);
                });
            }
        }
        finally
        {
            Scheduler.MaxThreads = threads;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_agree_with_differences_of_the_forward_pass(string family, int width)
    {
        IBackbone bert = Open(width, family);
        int d = bert.HiddenSize;
        const float Step = 1e-2f;
        float[] prompt = RandomRows(Shared, d, 1), rows = RandomRows(2, d, 2), cotangent = RandomRows(Input(bert, 0, 1, 2, 3, 4).WantedCount, d, 3);
        double Value(float[] shared, float[] supplied)
        {
            BackboneInput input = Input(bert, 0, 1, 2, 3, 4);
            BackboneInput changed = new(d);
            changed.Clear(shared, supplied);
            for (int s = 0; s < input.SeriesCount; s++)
                changed.Add(input.Positions(s), input.Wanted(s));
            float[] hidden = new float[cotangent.Length];
            bert.Forward(changed, hidden);
            return hidden.Zip(cotangent, (h, c) => (double)h * c).Sum();
        }
        float[] sharedGradient = new float[prompt.Length], suppliedGradient = new float[rows.Length], first = new float[cotangent.Length];
        using (IBackboneTape tape = bert.ForwardForTraining(Input(bert, 0, 1, 2, 3, 4), first))
            tape.Backward(cotangent, sharedGradient, suppliedGradient);

        foreach ((float[] values, float[] gradient) in ((float[], float[])[])[(prompt, sharedGradient), (rows, suppliedGradient)])
        {
            double magnitude = gradient.Max(MathF.Abs);
            for (int i = 3; i < values.Length; i += 37)
            {
                float kept = values[i];
                values[i] = kept + Step;
                double above = Value(prompt, rows);
                values[i] = kept - Step;
                double below = Value(prompt, rows);
                values[i] = kept;
                ((above - below) / (2 * Step)).Should().BeApproximately(gradient[i], 0.01 * magnitude, "of component {0}", i);
            }
        }
    }

    [Fact]
    public void Rows_not_asked_for_do_not_change_those_that_are()
    {
        IBackbone bert = Open(0);
        BackboneInput input = Input(bert, 0, 1, 2, 3, 4);
        (float[] hidden, float[] shared, float[] supplied) = Pass(bert, input);
        float[] sharedOnly = new float[shared.Length], suppliedOnly = new float[supplied.Length], again = new float[hidden.Length];
        using IBackboneTape tape = bert.ForwardForTraining(input, again);
        tape.Backward(hidden, sharedOnly, []);
        tape.Backward(hidden, [], suppliedOnly);
        sharedOnly.Should().Equal(shared);
        suppliedOnly.Should().Equal(supplied);
    }

    [Fact]
    public void A_shared_row_is_the_same_as_that_row_supplied_in_front()
    {
        IBackbone bert = Open(0);
        int d = bert.HiddenSize;
        float[] rows = RandomRows(Shared, d, 1);
        BackboneInput shared = new(d), supplied = new(d);
        shared.Clear(rows, default);
        supplied.Clear(default, rows);
        shared.Add([3, 4], [5, 6]);
        supplied.Add([~0, ~1, ~2, ~3, ~4, 3, 4], [5, 6]);
        float[] hiddenShared = new float[2 * d], hiddenSupplied = new float[2 * d], gradientShared = new float[rows.Length], gradientSupplied = new float[rows.Length];
        using (IBackboneTape tape = bert.ForwardForTraining(shared, hiddenShared))
            tape.Backward(hiddenShared, gradientShared, []);
        using (IBackboneTape tape = bert.ForwardForTraining(supplied, hiddenSupplied))
            tape.Backward(hiddenSupplied, [], gradientSupplied);
        hiddenSupplied.Should().Equal(hiddenShared);
        gradientSupplied.Should().Equal(gradientShared);
    }

    [Fact]
    public void Calls_without_series_or_without_wanted_positions_give_nothing()
    {
        IBackbone bert = Open(0);
        BackboneInput none = Input(bert), unwanted = Input(bert, 3);
        bert.Forward(none, []);
        bert.Forward(unwanted, []);
        float[] gradient = [.. Enumerable.Repeat(9f, Shared * bert.HiddenSize)];
        using IBackboneTape tape = bert.ForwardForTraining(unwanted, []);
        tape.Backward([], gradient, []);
        gradient.Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void A_forward_call_allocates_nothing_once_warm()
    {
        IBackbone bert = Open(0);
        BackboneInput input = Input(bert, 0, 1, 2, 3, 4);
        float[] hidden = new float[input.WantedCount * bert.HiddenSize];
        long allocated = 0;
        // Within an item of the scheduler a call asks the thread pool, whose queue grows, for nobody.
        Scheduler.Run(2, item =>
        {
            if (item > 0)
                return;
            for (int i = 0; i < 3; i++)
                bert.Forward(input, hidden);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++)
                bert.Forward(input, hidden);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        allocated.Should().Be(0);
    }

    [Fact]
    public void A_series_longer_than_the_positions_is_refused_with_the_numbers()
    {
        IBackbone bert = Open(0);
        BackboneInput input = Input(bert, 0);
        input.Add([.. Enumerable.Range(0, 60)], [0]);
        Action forward = () => bert.Forward(input, new float[8 * bert.HiddenSize]);
        forward.Should().Throw<ArgumentException>().WithMessage("Series 1 takes 65 positions, 5 shared rows in front included; the model has 64.*");
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_refused()
    {
        IBackbone bert = Open(0);
        BackboneInput input = new(bert.HiddenSize);
        input.Clear(default, default);
        input.Add([300], [0]);
        Action forward = () => bert.Forward(input, new float[bert.HiddenSize]), copy = () => bert.CopyTokenRow(300, new float[bert.HiddenSize]);
        forward.Should().Throw<ArgumentException>().WithMessage("Series 0 holds the token 300; the vocabulary has 300.*");
        copy.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Spans_of_another_size_are_refused()
    {
        IBackbone bert = Open(0);
        BackboneInput input = Input(bert, 1);
        Action forward = () => bert.Forward(input, new float[5]);
        forward.Should().Throw<ArgumentException>().WithMessage("The hidden states have 5 components; 2 wanted positions of 48 take 96.*");
        using IBackboneTape tape = bert.ForwardForTraining(input, new float[96]);
        Action backward = () => tape.Backward(new float[96], new float[7], []);
        backward.Should().Throw<ArgumentException>().WithMessage("The gradient has 7 components; 5 rows of 48 take 240.*");
    }

    [Fact]
    public void A_disposed_tape_says_so()
    {
        IBackbone bert = Open(0);
        IBackboneTape tape = bert.ForwardForTraining(Input(bert, 1), new float[96]);
        tape.Dispose();
        tape.Dispose();
        Action backward = () => tape.Backward(new float[96], [], []);
        backward.Should().Throw<ObjectDisposedException>();
    }
}
