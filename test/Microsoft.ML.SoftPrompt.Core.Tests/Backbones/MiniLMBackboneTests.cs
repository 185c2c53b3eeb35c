using System.Reflection;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.MiniLM;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class MiniLMBackboneTests
{
    [Fact]
    public void It_is_opened_once_and_found_by_name()
    {
        MethodInfo open = Assembly.Load("Microsoft.ML.SoftPrompt.MiniLM").GetType("Microsoft.ML.SoftPrompt.MiniLM.MiniLMBackbone", throwOnError: true)!.GetMethod("Open")!;
        open.Invoke(null, [WeightPrecision.Full]).Should().BeSameAs(MiniLMBackbone.Open());
        IBackbone narrow = MiniLMBackbone.Open(WeightPrecision.EightBit);
        narrow.Should().BeSameAs(MiniLMBackbone.Open(WeightPrecision.EightBit)).And.NotBeSameAs(MiniLMBackbone.Open());
        narrow.Fingerprint.Should().Be(MiniLMBackbone.Open().Fingerprint);
    }

    [Fact]
    public void Its_sizes_and_hash_are_those_of_the_published_model()
    {
        IBackbone model = MiniLMBackbone.Open();
        (model.MaxPositions, model.HasTokenizer).Should().Be((512, true));
        model.Fingerprint.Should().Be(new BackboneFingerprint("all-MiniLM-L6-v2", "bert", 6, 384, 30522, "5ba0032aefec27c763b2d9c8912eeec19529d4efdab9a71a9756e8056ba8f2e0"));
    }

    [Fact]
    public void Numerals_and_texts_become_the_pieces_of_the_reference_tokenizer()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("minilm/tokens.json")));
        IBackbone model = MiniLMBackbone.Open();
        int numeral = 0;
        foreach (JsonElement pieces in golden.RootElement.GetProperty("numerals_0_to_1999").EnumerateArray())
        {
            model.EncodeNumeral(numeral, 1999).Should().Equal(pieces.EnumerateArray().Select(p => p.GetInt32()), "of {0}", numeral);
            numeral++;
        }
        numeral.Should().Be(2000);
        foreach (JsonProperty text in golden.RootElement.GetProperty("texts").EnumerateObject())
            model.EncodeText(text.Name).Should().Equal(text.Value.EnumerateArray().Select(p => p.GetInt32()), "of '{0}'", text.Name);
    }

    [Theory]
    [InlineData(-1, 9)]
    [InlineData(10, 9)]
    public void A_numeral_outside_its_range_is_refused(int numeral, int largest)
    {
        Action encode = () => MiniLMBackbone.Open().EncodeNumeral(numeral, largest);
        encode.Should().Throw<ArgumentOutOfRangeException>();
    }
}
