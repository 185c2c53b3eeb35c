using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>Four steps of Adam on a two-layer LSTM against PyTorch's in double precision.</summary>
public sealed class LstmStepsTests
{
    /// <summary>Largest error over the largest magnitude, in single precision.</summary>
    private const double Tolerance = 2e-5;

    private const double LearningRate = 1e-2;

    [Fact]
    public void Losses_and_logits_are_those_of_PyTorch()
    {
        var golden = new GoldenCase("lstm/steps.safetensors");
        float[] x = golden.Singles("x"), y = golden.Singles("y"), losses = golden.Singles("losses");
        int[] lengths = golden.Integers("lengths");
        // Every size follows from the lengths of the tensors: 4H gates, [4H, inputs] and [steps, batch, longest, inputs].
        int hidden = golden.Singles("head.weight").Length, inputs = golden.Singles("lstm.weight_ih_l0").Length / (4 * hidden);
        int batchSize = lengths.Length / losses.Length, longest = x.Length / (lengths.Length * inputs);
        var shape = new LstmShape(inputs, hidden, layers: 2);
        var values = new float[shape.ParameterCount];
        foreach (LstmTensor tensor in shape.Tensors)
            golden.Singles(tensor.Name).CopyTo(values, tensor.Offset);
        var step = new LstmTrainingStep(new LstmWeights(shape, values), LabelKind.Series, LearningRate);
        LstmExample[] examples = lengths.Select((length, i) => new LstmExample(x.AsSpan(i * longest * inputs, length * inputs).ToArray(), [y[i]])).ToArray();

        float[] found = losses.Select((_, s) => (float)step.Run(examples.AsMemory(s * batchSize, batchSize))).ToArray();
        float[] logits = new LstmNetwork(step.Weights, LabelKind.Series).Score(examples[..batchSize]);

        GoldenCase.RelativeError(found, losses).Should().BeLessThanOrEqualTo(Tolerance);
        GoldenCase.RelativeError(logits, golden.Singles("logits_of_batch_0_after")).Should().BeLessThanOrEqualTo(Tolerance);
    }
}
