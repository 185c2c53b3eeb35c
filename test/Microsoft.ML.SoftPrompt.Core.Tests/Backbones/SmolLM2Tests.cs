using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class SmolLM2Tests
{
    public const string Model = "SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    private const double Tolerance = 2e-3;

    [SkippableFact]
    public void Hidden_states_and_the_highest_logits_are_those_of_the_reference()
    {
        IBackbone model = Backbone.Open(SharedModels.PathOf(Model));
        using JsonDocument golden = Golden.Json("smollm2/case.json");
        int[] tokens = [.. golden.RootElement.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32())];
        float[][] expected = [.. golden.RootElement.GetProperty("last_hidden_state_first8").EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetSingle()).ToArray())];
        int d = model.HiddenSize;
        BackboneInput input = new(d);
        input.Clear(default, default);
        input.Add(tokens, [.. Enumerable.Range(0, tokens.Length)]);
        float[] hidden = new float[tokens.Length * d], row = new float[d];
        model.Forward(input, hidden);
        float[] first = [.. Enumerable.Range(0, tokens.Length).SelectMany(position => hidden.AsSpan(position * d, expected[position].Length).ToArray())];
        GoldenCase.RelativeError(first, [.. expected.SelectMany(values => values)]).Should().BeLessThan(Tolerance);

        // The model's output is its embedding: the logit of a token is the product of the last hidden state and the token's row.
        (int Token, double Logit)[] logits = new (int, double)[model.VocabularySize];
        for (int token = 0; token < logits.Length; token++)
        {
            model.CopyTokenRow(token, row);
            double logit = 0;
            for (int i = 0; i < d; i++)
                logit += (double)row[i] * hidden[(tokens.Length - 1) * d + i];
            logits[token] = (token, logit);
        }
        logits.OrderByDescending(entry => entry.Logit).Take(10).Select(entry => entry.Token)
            .Should().Equal(golden.RootElement.GetProperty("top10_ids").EnumerateArray().Select(id => id.GetInt32()));
    }
}
