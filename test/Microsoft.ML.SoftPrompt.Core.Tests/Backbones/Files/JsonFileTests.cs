using System.Text;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class JsonFileTests
{
    public static TheoryData<byte[]> NoTexts => new()
    {
        (byte[])[.. "{\"a\":\""u8, 0xFF, .. "\"}"u8],
        (byte[])[.. "{\""u8, 0xC3, .. "\":1}"u8],
        "{\"a\":\"\\ud800\"}"u8.ToArray(),
        "{\"a\":{\"\\udc00\":1}}"u8.ToArray(),
    };

    [Theory]
    [MemberData(nameof(NoTexts))]
    public void What_is_no_Unicode_text_is_refused_at_the_door(byte[] json)
    {
        Action read = () => JsonFile.ReadObject(new MemoryStream(json), "f.json", 100);
        read.Should().Throw<InvalidDataException>().WithMessage("'f.json' is not JSON: *");
    }

    [Fact]
    public void Escapes_and_other_scripts_are_texts()
    {
        using var document = JsonFile.ReadObject(new MemoryStream(Encoding.UTF8.GetBytes("{\"\\ud83d\\ude00Ġ\":\"é\\n\"}")), "f.json", 100);
        document.RootElement.GetProperty("😀Ġ").GetString().Should().Be("é\n");
    }
}
