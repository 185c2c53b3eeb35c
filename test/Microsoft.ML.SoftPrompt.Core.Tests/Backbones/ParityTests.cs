using Microsoft.ML.SoftPrompt.MiniLM;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Hidden states and input gradients against PyTorch in double precision.</summary>
[Collection(nameof(SchedulerThreads))]
public class ParityTests
{
    /// <summary>Largest error over largest magnitude that the families keep to; ten times what they reach.</summary>
    private const double Accuracy = 1e-5;

    /// <summary>Every family at every vector width.</summary>
    public static IEnumerable<object[]> Families() => TransformerFamily.All.SelectMany(family => Enumerable.Range(0, Kernels.Supported().Count).Select(width => new object[] { family.Name, width }));

    [Theory]
    [MemberData(nameof(Families))]
    public void A_tiny_model_of_each_family_over_a_ragged_batch_agrees_with_the_reference(string family, int width)
    {
        FamilyCase golden = new(family, width);
        (float[] hidden, float[] gradient) = golden.Pass();
        float[] again = new float[hidden.Length];
        golden.Backbone.Forward(golden.Input(0), again);

        golden.RelativeError(hidden, golden.Hidden).Should().BeLessThan(Accuracy);
        golden.RelativeError(gradient, golden.Gradient).Should().BeLessThan(Accuracy);
        again.Should().Equal(hidden);
    }

    /// <summary>In a causal model the beginning of a series is a series: shorter ones, which a reference with padding cannot give, are those of the longest cut short.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void A_series_cut_short_has_the_hidden_states_of_its_beginning(string family, int width)
    {
        FamilyCase golden = new(family, width);
        if (golden.Backbone is not TransformerBackbone { IsCausal: true })
            return;
        int d = golden.Backbone.HiddenSize, longest = Array.IndexOf(golden.Lengths, golden.Lengths.Max());
        BackboneInput all = golden.Input(0), cut = golden.Input(0);
        cut.Clear(default, all.SuppliedRows);
        int[] lengths = [9, 1, 23, 17];
        foreach (int length in lengths)
            cut.Add(all.Positions(longest)[..length], [.. Enumerable.Range(0, length)]);
        float[] hidden = new float[cut.WantedCount * d];
        golden.Backbone.Forward(cut, hidden);
        float[] expected = golden.Hidden[(golden.Lengths[..longest].Sum() * d)..];
        GoldenCase.RelativeError(hidden, [.. lengths.SelectMany(length => expected[..(length * d)])]).Should().BeLessThan(Accuracy);
    }

    /// <summary>Wanted positions apart, and none in one of the series: what is not wanted counts as a cotangent of 0, series by series.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void Some_wanted_positions_have_the_bits_of_all(string family, int width)
    {
        FamilyCase golden = new(family, width);
        int d = golden.Backbone.HiddenSize;
        float[] all = new float[golden.Rows * d];
        golden.Backbone.Forward(golden.Input(0), all);
        BackboneInput some = golden.Input(0, (series, position) => series != 1 && position % 3 == 2);
        float[] hidden = new float[some.WantedCount * d];
        golden.Backbone.Forward(some, hidden);

        int row = 0, wanted = 0;
        for (int s = 0; s < some.SeriesCount; s++)
        {
            foreach (int position in some.Wanted(s))
                hidden.AsSpan(wanted++ * d, d).SequenceEqual(all.AsSpan((row + position) * d, d)).Should().BeTrue("position {0} of series {1}", position, s);
            row += golden.Lengths[s];
        }
    }

    /// <summary>The gradient of some wanted positions is that of all with a cotangent of 0 at the others.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void A_crew_of_threads_gives_the_bits_of_one(string family, int width)
    {
        FamilyCase golden = new(family, width);
        foreach (int shared in (int[])[0, 5])
        {
            BackboneInput input = golden.Input(shared, (s, i) => (s + i) % 3 != 0);
            for (int i = 0; i < 8; i++)
                input.Add(input.Positions(i).ToArray(), input.Wanted(i).ToArray());
            float[] alone = new float[input.WantedCount * input.HiddenSize], together = new float[alone.Length];
            // A call that keeps a tape runs on its own thread.
            golden.Backbone.ForwardForTraining(input, alone).Dispose();
            int threads = Scheduler.MaxThreads;
            try
            {
                Scheduler.MaxThreads = 4;
                golden.Backbone.Forward(input, together);
            }
            finally
            {
                Scheduler.MaxThreads = threads;
            }
            together.Should().Equal(alone, "with {0} shared rows", shared);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Gradients_of_some_wanted_positions_are_those_of_all_with_zeros(string family, int width)
    {
        FamilyCase golden = new(family, width);
        int d = golden.Backbone.HiddenSize;
        bool Wanted(int series, int position) => series != 1 && position % 3 == 2;
        BackboneInput all = golden.Input(0), some = golden.Input(0, Wanted);
        float[] zeroed = new float[golden.Rows * d], picked = new float[some.WantedCount * d];
        int row = 0, at = 0;
        for (int s = 0; s < all.SeriesCount; s++)
        {
            for (int i = 0; i < golden.Lengths[s]; i++, row++)
            {
                if (!Wanted(s, i))
                    continue;
                golden.Cotangent.AsSpan(row * d, d).CopyTo(zeroed.AsSpan(row * d));
                golden.Cotangent.AsSpan(row * d, d).CopyTo(picked.AsSpan(at++ * d));
            }
        }
        float[] expected = new float[golden.Rows * d], gradient = new float[golden.Rows * d];
        using (IBackboneTape tape = golden.Backbone.ForwardForTraining(all, new float[golden.Rows * d]))
            tape.Backward(zeroed, [], expected);
        using (IBackboneTape tape = golden.Backbone.ForwardForTraining(some, new float[picked.Length]))
            tape.Backward(picked, [], gradient);
        GoldenCase.RelativeError(gradient, expected).Should().BeLessThan(2e-6);
    }

    [Fact]
    public void MiniLM_agrees_with_the_reference()
    {
        GoldenCase golden = new("minilm/case.safetensors");
        int[] lengths = golden.Integers("lengths"), tokens = golden.Integers("token_ids");
        IBackbone bert = MiniLMBackbone.Open();
        int d = bert.HiddenSize, longest = tokens.Length / lengths.Length;
        // The gradient goes to rows, so the tokens' rows are supplied.
        List<float> rows = [];
        float[] tokenRow = new float[d];
        BackboneInput bySupplied = new(d), byToken = new(d);
        for (int s = 0; s < lengths.Length; s++)
        {
            for (int i = 0; i < lengths[s]; i++)
            {
                bert.CopyTokenRow(tokens[s * longest + i], tokenRow);
                rows.AddRange(tokenRow);
            }
        }
        bySupplied.Clear(default, rows.ToArray());
        int start = 0;
        for (int s = 0; s < lengths.Length; s++)
        {
            int[] all = [.. Enumerable.Range(0, lengths[s])];
            bySupplied.Add([.. all.Select(i => BackboneInput.Supplied(start + i))], all);
            byToken.Add(tokens.AsSpan(s * longest, lengths[s]), all);
            start += lengths[s];
        }
        float[] hidden = new float[start * d], gradient = new float[start * d], again = new float[start * d];
        using (IBackboneTape tape = bert.ForwardForTraining(bySupplied, hidden))
            tape.Backward(GoldenCase.Live(golden.Singles("cotangent"), lengths, longest, d), [], gradient);
        bert.Forward(byToken, again);

        GoldenCase.RelativeError(hidden, GoldenCase.Live(golden.Singles("last_hidden_state"), lengths, longest, d)).Should().BeLessThan(2e-3);
        GoldenCase.RelativeError(gradient, GoldenCase.Live(golden.Singles("inputs_embeds_grad"), lengths, longest, d)).Should().BeLessThan(2e-3);
        again.Should().Equal(hidden);
    }
}
