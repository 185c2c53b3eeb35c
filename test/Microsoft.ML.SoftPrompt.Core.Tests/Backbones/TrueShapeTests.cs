using System.Text;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The paper's two models, BERT-base and Gemma-2B, at their true sizes with random weights.</summary>
public class TrueShapeTests
{
    private const string BertBase = """
        {
          "model_type": "bert", "hidden_act": "gelu", "hidden_size": 768, "intermediate_size": 3072, "layer_norm_eps": 1e-12,
          "max_position_embeddings": 512, "num_attention_heads": 12, "num_hidden_layers": 12, "type_vocab_size": 2, "vocab_size": 30522
        }
        """;

    private static string Gemma2B(int layers, int tokens) => $$"""
        {
          "model_type": "gemma", "head_dim": 256, "hidden_act": "gelu", "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 2048,
          "intermediate_size": 16384, "max_position_embeddings": 8192, "num_attention_heads": 8, "num_hidden_layers": {{layers}},
          "num_key_value_heads": 1, "rms_norm_eps": 1e-06, "rope_theta": 10000.0, "vocab_size": {{tokens}}
        }
        """;

    [Fact]
    [Trait("Category", "Long")]
    public void BERT_base_runs_forward_and_backward() => Check(RandomWeights.Open(BertBase), 12, 768);

    /// <summary>Two of eighteen layers and a smaller vocabulary: 1.8 GB with the transposes.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public void Two_layers_of_Gemma_2B_run_forward_and_backward() => Check(RandomWeights.Open(Gemma2B(2, 1000)), 2, 2048);

    /// <summary>What docs/backbones.md states, with all layers: singles of the matrices, packed for one way.</summary>
    [Fact]
    public void The_memory_of_Gemma_2B_is_that_of_its_sizes()
    {
        HuggingFaceConfig config = HuggingFaceConfig.Read(new MemoryStream(Encoding.UTF8.GetBytes(Gemma2B(18, 256_000))), "config.json");
        TransformerShape shape = TransformerFamily.Of(config).Shape(config);
        // Queries and output, keys and values of one head, and three matrices of the feed-forward part; no dimension needs padding.
        long layer = 2 * 2048 * 2048 + 2 * 256 * 2048 + 3 * 2048 * 16384;
        foreach (bool transposed in (bool[])[false, true])
            ((long)TransformerWeights.MatricesSize(shape, 32, transposed)).Should().Be(18 * layer).And.Be(1_981_808_640);
    }

    /// <summary>The gradient of Σ hidden · cotangent is the slope along itself, and a series' hidden states are the same bits alone.</summary>
    private static void Check(TransformerBackbone model, int layers, int d)
    {
        (model.Fingerprint.Layers, model.HiddenSize).Should().Be((layers, d));
        Random random = new(1);
        float[] rows = [.. Enumerable.Range(0, 4 * d).Select(_ => random.NextSingle() - 0.5f)];
        BackboneInput Input(float[] prompt, params int[][] series)
        {
            BackboneInput input = new(d);
            input.Clear(prompt, default);
            foreach (int[] positions in series)
                input.Add(positions, [3 + positions.Length]);
            return input;
        }
        int[] first = [.. Enumerable.Range(100, 30)], second = [7, 8, 9];
        float[] cotangent = [.. Enumerable.Range(0, 2 * d).Select(i => MathF.Sin(i))], hidden = new float[2 * d], gradient = new float[rows.Length];
        using (IBackboneTape tape = model.ForwardForTraining(Input(rows, first, second), hidden))
            tape.Backward(cotangent, gradient, []);
        float[] alone = new float[d];
        model.Forward(Input(rows, second), alone);
        alone.Should().Equal(hidden[d..]);

        double length = Math.Sqrt(gradient.Sum(g => (double)g * g)), step = 0.02 * Math.Sqrt(rows.Sum(r => (double)r * r));
        double Value(double by)
        {
            float[] moved = [.. rows.Select((r, i) => (float)(r + by * gradient[i] / length))], states = new float[2 * d];
            model.Forward(Input(moved, first, second), states);
            return states.Zip(cotangent, (h, c) => (double)h * c).Sum();
        }
        double slope = (8 * (Value(step) - Value(-step)) - (Value(2 * step) - Value(-2 * step))) / (12 * step);
        slope.Should().BeApproximately(length, 0.01 * length);
    }
}
