using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>A prompt in front of a causal model, computed once: against the same rows supplied in front of each series, where each computes them for itself.</summary>
public class SharedPromptTests
{
    private const int Shared = 7;

    /// <summary>Every causal family, at the widest vectors and the scalar ones.</summary>
    public static IEnumerable<object[]> Causal() =>
        new[] { "gpt2", "llama", "qwen2", "gemma", "gemma2", "gemma3_text" }.SelectMany(family => new[] { 0, Tensors.Kernels.Supported().Count - 1 }.Select(width => new object[] { family, width }));

    /// <summary>Wanted positions in the prompt and behind it, more of them than a series has of its own, and none in one series.</summary>
    private static bool Wanted(int series, int position) => series != 3 && (position % 3 == 1 || position == Shared);

    private sealed record Result(float[] Hidden, float[] Shared, float[] Supplied);

    private static float[] Cotangent(int length) => [.. Enumerable.Range(0, length).Select(i => MathF.Sin(i))];

    /// <summary>All series in one call, the prompt as the input's shared rows.</summary>
    private static Result InACall(FamilyCase golden, BackboneInput input)
    {
        int d = golden.Backbone.HiddenSize;
        Result result = new(new float[input.WantedCount * d], new float[Shared * d], new float[input.SuppliedCount * d]);
        using IBackboneTape tape = golden.Backbone.ForwardForTraining(input, result.Hidden);
        tape.Backward(Cotangent(result.Hidden.Length), result.Shared, result.Supplied);
        return result;
    }

    /// <summary>The prompt's rows as supplied ones in front of each series.</summary>
    private static Result Apart(FamilyCase golden, BackboneInput input)
    {
        int d = golden.Backbone.HiddenSize;
        BackboneInput apart = new(d);
        apart.Clear(default, (float[])[.. input.SharedRows.Span, .. input.SuppliedRows.Span]);
        for (int s = 0; s < input.SeriesCount; s++)
            apart.Add([.. Enumerable.Range(0, Shared).Select(BackboneInput.Supplied), .. input.Positions(s).ToArray().Select(p => BackboneInput.Supplied(~p + Shared))], input.Wanted(s));
        float[] hidden = new float[input.WantedCount * d], gradient = new float[apart.SuppliedCount * d];
        using IBackboneTape tape = golden.Backbone.ForwardForTraining(apart, hidden);
        tape.Backward(Cotangent(hidden.Length), [], gradient);
        return new Result(hidden, gradient[..(Shared * d)], gradient[(Shared * d)..]);
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void Computed_once_a_call_it_is_what_each_series_would_compute(string family, int width)
    {
        FamilyCase golden = new(family, width);
        BackboneInput input = golden.Input(Shared, Wanted);
        Result once = InACall(golden, input), apart = Apart(golden, input);
        once.Hidden.Should().Equal(apart.Hidden);
        GoldenCase.RelativeError(once.Shared, apart.Shared).Should().BeLessThan(2e-6);
        GoldenCase.RelativeError(once.Supplied, apart.Supplied).Should().BeLessThan(2e-6);
        float[] forward = new float[once.Hidden.Length];
        golden.Backbone.Forward(input, forward);
        forward.Should().Equal(apart.Hidden);
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void Computed_once_for_many_calls_it_is_what_each_series_would_compute(string family, int width)
    {
        FamilyCase golden = new(family, width);
        int d = golden.Backbone.HiddenSize;
        BackboneInput input = golden.Input(Shared, Wanted);
        Result apart = Apart(golden, input);
        using SharedPrompt prompt = SharedPrompt.For(golden.Backbone, input.SharedRows, training: true)!;
        float[] sent = new float[prompt.GradientLength], sum = new float[sent.Length], supplied = new float[apart.Supplied.Length], suppliedSum = new float[supplied.Length];
        List<float> hidden = [], forward = [];
        foreach (int[] call in (int[][])[[0, 1], [2], [3]])
        {
            BackboneInput part = new(d);
            part.Clear(input.SharedRows, input.SuppliedRows, prompt);
            foreach (int s in call)
                part.Add(input.Positions(s), input.Wanted(s));
            float[] answer = new float[part.WantedCount * d], again = new float[answer.Length];
            using IBackboneTape tape = golden.Backbone.ForwardForTraining(part, answer);
            tape.Backward(Cotangent(apart.Hidden.Length).AsSpan(hidden.Count, answer.Length), sent, supplied);
            for (int i = 0; i < sum.Length; i++)
                sum[i] += sent[i];
            for (int i = 0; i < supplied.Length; i++)
                suppliedSum[i] += supplied[i];
            golden.Backbone.Forward(part, again);
            hidden.AddRange(answer);
            forward.AddRange(again);
        }
        float[] shared = new float[Shared * d];
        prompt.Backward(sum, shared);

        hidden.Should().Equal(apart.Hidden);
        forward.Should().Equal(apart.Hidden);
        GoldenCase.RelativeError(shared, apart.Shared).Should().BeLessThan(2e-6);
        GoldenCase.RelativeError(suppliedSum, apart.Supplied).Should().BeLessThan(2e-6);
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void Its_gradient_alone_is_the_same(string family, int width)
    {
        FamilyCase golden = new(family, width);
        BackboneInput input = golden.Input(Shared, Wanted);
        Result all = InACall(golden, input);
        float[] shared = new float[all.Shared.Length], supplied = new float[all.Supplied.Length];
        using IBackboneTape tape = golden.Backbone.ForwardForTraining(input, new float[all.Hidden.Length]);
        tape.Backward(Cotangent(all.Hidden.Length), shared, []);
        tape.Backward(Cotangent(all.Hidden.Length), [], supplied);
        shared.Should().Equal(all.Shared);
        supplied.Should().Equal(all.Supplied);
    }

    [Fact]
    public void A_forward_call_behind_it_allocates_nothing_once_warm()
    {
        FamilyCase golden = new("gemma3_text", 0);
        BackboneInput input = golden.Input(Shared, Wanted);
        using SharedPrompt prompt = SharedPrompt.For(golden.Backbone, input.SharedRows, training: false)!;
        BackboneInput behind = new(golden.Backbone.HiddenSize);
        behind.Clear(input.SharedRows, input.SuppliedRows, prompt);
        for (int s = 0; s < input.SeriesCount; s++)
            behind.Add(input.Positions(s), input.Wanted(s));
        float[] hidden = new float[behind.WantedCount * golden.Backbone.HiddenSize];
        long allocated = 0;
        // Within an item of the scheduler a call asks the thread pool, whose queue grows, for nobody.
        Scheduler.Run(2, item =>
        {
            if (item > 0)
                return;
            for (int i = 0; i < 3; i++)
                golden.Backbone.Forward(behind, hidden);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10; i++)
                golden.Backbone.Forward(behind, hidden);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        allocated.Should().Be(0);
    }

    [Fact]
    public void A_gradient_without_wanted_positions_is_nothing()
    {
        FamilyCase golden = new("llama", 0);
        BackboneInput input = golden.Input(Shared, (_, _) => false);
        float[] gradient = [.. Enumerable.Repeat(9f, Shared * golden.Backbone.HiddenSize)];
        using IBackboneTape tape = golden.Backbone.ForwardForTraining(input, []);
        tape.Backward([], gradient, []);
        gradient.Should().OnlyContain(value => value == 0);
    }

    [Fact]
    public void Encoders_and_empty_prompts_have_none()
    {
        SharedPrompt.For(new FamilyCase("bert", 0).Backbone, new float[48], training: false).Should().BeNull();
        SharedPrompt.For(new FamilyCase("llama", 0).Backbone, default, training: false).Should().BeNull();
    }

    [Fact]
    public void Another_backbones_prompt_is_refused()
    {
        FamilyCase llama = new("llama", 0), other = new("qwen2", 0);
        float[] rows = new float[48];
        using SharedPrompt prompt = SharedPrompt.For(other.Backbone, rows, training: false)!;
        BackboneInput input = new(48);
        input.Clear(rows, default, prompt);
        input.Add([1], [1]);
        Action forward = () => llama.Backbone.Forward(input, new float[48]);
        forward.Should().Throw<ArgumentException>().WithMessage("The input's prompt was computed by 'qwen2', another backbone.*");
        Action clear = () => input.Clear(new float[48], default, prompt);
        clear.Should().Throw<ArgumentException>().WithMessage("The prompt was computed from other rows.*");
    }

    [Fact]
    public void A_prompt_computed_for_scoring_has_no_way_back()
    {
        using SharedPrompt prompt = SharedPrompt.For(new FamilyCase("llama", 0).Backbone, new float[2 * 48], training: false)!;
        Action backward = () => prompt.Backward(new float[prompt.GradientLength], new float[2 * 48]);
        backward.Should().Throw<InvalidOperationException>();
        Action wrong = () => prompt.Backward(new float[3], new float[2 * 48]);
        wrong.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_prompt_longer_than_the_positions_is_refused()
    {
        Action share = () => SharedPrompt.For(new FamilyCase("llama", 0).Backbone, new float[65 * 48], training: false);
        share.Should().Throw<ArgumentException>().WithMessage("Series 0 takes 65 positions*the model has 64.*");
    }
}
