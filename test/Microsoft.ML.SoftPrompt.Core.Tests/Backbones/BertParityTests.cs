using Microsoft.ML.SoftPrompt.MiniLM;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Hidden states and input gradients against PyTorch in double precision.</summary>
public class BertParityTests
{
    [Theory]
    [ClassData(typeof(KernelWidths))]
    public void A_tiny_bert_over_a_ragged_batch_agrees_with_the_reference(int width)
    {
        GoldenCase golden = new("backbones/bert/case.safetensors");
        int[] lengths = golden.Integers("lengths");
        IBackbone bert = Backbone.Open(BackboneFiles.InFolder(Golden.PathOf("backbones/bert")), Kernels.Supported()[width]);
        int d = bert.HiddenSize, longest = golden.Singles("inputs_embeds").Length / lengths.Length / d;
        BackboneInput input = new(d);
        input.Clear(default, GoldenCase.Live(golden.Singles("inputs_embeds"), lengths, longest, d));
        int row = 0;
        foreach (int length in lengths)
        {
            input.Add([.. Enumerable.Range(row, length).Select(BackboneInput.Supplied)], [.. Enumerable.Range(0, length)]);
            row += length;
        }
        float[] hidden = new float[row * d], gradient = new float[row * d], again = new float[row * d];
        using (IBackboneTape tape = bert.ForwardForTraining(input, hidden))
            tape.Backward(GoldenCase.Live(golden.Singles("cotangent"), lengths, longest, d), [], gradient);
        bert.Forward(input, again);

        GoldenCase.RelativeError(hidden, GoldenCase.Live(golden.Singles("last_hidden_state"), lengths, longest, d)).Should().BeLessThan(1e-5);
        GoldenCase.RelativeError(gradient, GoldenCase.Live(golden.Singles("inputs_embeds_grad"), lengths, longest, d)).Should().BeLessThan(1e-5);
        again.Should().Equal(hidden);
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
