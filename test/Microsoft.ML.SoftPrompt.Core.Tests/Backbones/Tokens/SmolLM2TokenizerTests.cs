using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>The tokenizer of SmolLM2-135M-Instruct, from its GGUF file's metadata; skipped where the file is not beside the checkout.</summary>
public class SmolLM2TokenizerTests
{
    [SkippableFact]
    public void Text_and_numerals_become_the_pieces_of_the_reference()
    {
        using JsonDocument golden = Golden.Json("smollm2/case.json");
        IBackboneTokenizer tokenizer = Open();
        tokenizer.Encode(golden.RootElement.GetProperty("text").GetString()!).Should().Equal(Ids(golden.RootElement.GetProperty("input_ids")));
        int numeral = 0;
        foreach (JsonElement pieces in golden.RootElement.GetProperty("numerals_0_to_200").EnumerateArray())
        {
            int[] ids = [.. Ids(pieces)];
            tokenizer.Encode(numeral.ToString(CultureInfo.InvariantCulture)).Should().Equal(ids);
            int zero = tokenizer.EncodeNumeral(0, 9).Single();
            tokenizer.EncodeNumeral(numeral, 200).Should().Equal([.. Enumerable.Repeat(zero, 3 - ids.Length), .. ids]);
            numeral++;
        }
        numeral.Should().Be(201);
    }

    private static IBackboneTokenizer Open()
    {
        BackboneFiles files = BackboneFiles.OfGguf(SharedModels.PathOf(SmolLM2Tests.Model));
        (WeightFile weights, BackboneFiles used) = files.OpenWeights();
        using (weights)
            return Backbone.OpenTokenizer(used, weights, rows: 49152)!;
    }

    private static IEnumerable<int> Ids(JsonElement ids) => ids.EnumerateArray().Select(id => id.GetInt32());
}
