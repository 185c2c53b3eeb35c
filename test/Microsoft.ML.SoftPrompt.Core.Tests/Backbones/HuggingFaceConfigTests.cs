using System.Text;
using System.Text.Json.Nodes;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class HuggingFaceConfigTests
{
    private static HuggingFaceConfig Read(Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(Golden.PathOf("backbones/bert/config.json")))!.AsObject();
        change(json);
        return ReadText(json.ToJsonString());
    }

    private static HuggingFaceConfig ReadText(string text) => HuggingFaceConfig.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "config.json");

    [Fact]
    public void The_sizes_are_those_of_the_file() =>
        Read(_ => { }).Should().Be(new HuggingFaceConfig("bert", 300, 48, 3, 4, 112, 64, 2, 1e-12f));

    [Theory]
    [InlineData("vocab_size")]
    [InlineData("hidden_size")]
    [InlineData("num_hidden_layers")]
    [InlineData("num_attention_heads")]
    [InlineData("intermediate_size")]
    [InlineData("max_position_embeddings")]
    [InlineData("type_vocab_size")]
    [InlineData("layer_norm_eps")]
    [InlineData("model_type")]
    public void A_missing_field_is_named(string field)
    {
        Action read = () => Read(json => json.Remove(field));
        read.Should().Throw<InvalidDataException>().WithMessage($"'config.json' lacks the field '{field}'.");
    }

    [Theory]
    [InlineData("hidden_size", "0", "'config.json': hidden_size is 0; expected a whole number from 1 to 1048576.")]
    [InlineData("hidden_size", "1e12", "'config.json': hidden_size is 1e12; expected a whole number from 1 to 1048576.")]
    [InlineData("num_hidden_layers", "\"3\"", "'config.json': num_hidden_layers is \"3\"; expected a whole number from 1 to 1024.")]
    [InlineData("num_attention_heads", "5", "'config.json': hidden_size 48 does not divide among num_attention_heads 5.")]
    [InlineData("layer_norm_eps", "-1", "'config.json': layer_norm_eps is -1; expected a number between 0 and 1.")]
    [InlineData("hidden_act", "3", "'config.json': hidden_act is 3; expected a text.")]
    public void A_field_out_of_range_is_refused(string field, string value, string message)
    {
        Action read = () => Read(json => json[field] = JsonNode.Parse(value));
        read.Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Theory]
    [InlineData("model_type", "\"llama\"", "'config.json': model_type is 'llama'; supported is bert.")]
    [InlineData("hidden_act", "\"gelu_new\"", "'config.json': hidden_act is 'gelu_new'; supported is gelu (the erf form).")]
    [InlineData("position_embedding_type", "\"relative_key\"", "'config.json': position_embedding_type is 'relative_key'; supported is absolute.")]
    [InlineData("is_decoder", "true", "'config.json': is_decoder is true; only encoders of the bert family are supported.")]
    public void A_model_of_another_kind_is_refused_by_name(string field, string value, string message)
    {
        Action read = () => Read(json => json[field] = JsonNode.Parse(value));
        read.Should().Throw<NotSupportedException>().WithMessage(message);
    }

    [Theory]
    [InlineData("", "'config.json' is not JSON: *")]
    [InlineData("[1]", "'config.json' holds a Array; expected an object of fields.")]
    public void A_file_that_is_no_configuration_is_refused(string text, string message)
    {
        Action read = () => ReadText(text);
        read.Should().Throw<InvalidDataException>().WithMessage(message);
    }
}
