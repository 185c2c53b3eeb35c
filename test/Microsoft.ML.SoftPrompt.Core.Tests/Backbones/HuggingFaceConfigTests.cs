using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class HuggingFaceConfigTests
{
    private static TransformerShape Read(string family, Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(Golden.PathOf($"backbones/{family}/config.json")))!.AsObject();
        change(json);
        return ReadText(json.ToJsonString());
    }

    private static TransformerShape Read(string family, params (string Field, string? Value)[] changes) => Read(family, json =>
    {
        foreach ((string field, string? value) in changes)
        {
            json.Remove(field);
            if (value is not null)
                json[field] = JsonNode.Parse(value);
        }
    });

    private static TransformerShape ReadText(string text)
    {
        HuggingFaceConfig config = HuggingFaceConfig.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "config.json");
        return TransformerFamily.Of(config).Shape(config);
    }

    [Fact]
    public void The_sizes_of_an_encoder_are_those_of_the_file()
    {
        TransformerShape shape = Read("bert");
        (shape.Family, shape.VocabularySize, shape.HiddenSize, shape.Layers.Count, shape.Heads, shape.WideSize, shape.MaxPositions, shape.TokenTypes, shape.NormEpsilon)
            .Should().Be(("bert", 300, 48, 3, 4, 112, 64, 2, 1e-12f));
        (shape.Causal, shape.Norms, shape.Activation).Should().Be((false, NormPlacement.Behind, Activation.Gelu));
    }

    [Fact]
    public void Positions_of_roberta_begin_behind_the_padding_token()
    {
        (Read("roberta").MaxPositions, Read("roberta").PositionOffset).Should().Be((64, 2));
        (Read("roberta", ("pad_token_id", "4")).MaxPositions, Read("roberta", ("pad_token_id", "4")).PositionOffset).Should().Be((61, 5));
        Action none = () => Read("roberta", ("pad_token_id", "65"));
        none.Should().Throw<InvalidDataException>().WithMessage("'config.json': max_position_embeddings 66 leaves no position behind pad_token_id 65.");
    }

    [Fact]
    public void The_sizes_of_a_decoder_are_those_of_the_file()
    {
        TransformerShape shape = Read("gemma2");
        (shape.Heads, shape.KeyValueHeads, shape.HeadSize, shape.QueryScale, shape.SoftCap, shape.TokenScale, shape.Norms)
            .Should().Be((4, 2, 16, 0.25f, 50, MathF.Sqrt(48), NormPlacement.Around));
        shape.Layers.Should().Equal(new LayerShape(16, 10000), new LayerShape(0, 10000), new LayerShape(16, 10000));
        Read("gemma3_text").Layers.Should().Equal(new LayerShape(16, 1e4), new LayerShape(16, 1e4), new LayerShape(0, 1e6));
    }

    [Fact]
    public void What_older_files_do_not_say_is_as_their_family_has_it()
    {
        TransformerShape llama = Read("llama", ("head_dim", null), ("num_key_value_heads", null), ("rope_parameters", null), ("rope_theta", "5000"));
        (llama.HeadSize, llama.KeyValueHeads, llama.Layers[0].RotaryTheta).Should().Be((12, 4, 5000));
        Read("llama", ("rope_parameters", null)).Layers[0].RotaryTheta.Should().Be(10000);
        Read("llama", ("rope_parameters", null), ("rope_scaling", """{"type": "default"}""")).Layers[0].RotaryTheta.Should().Be(10000);
        Read("gemma2", ("layer_types", null)).Layers.Select(layer => layer.Window).Should().Equal(16, 0, 16);
        Read("gemma2", ("attn_logit_softcapping", null)).SoftCap.Should().Be(50);
        Read("gemma2", ("attn_logit_softcapping", "null")).SoftCap.Should().Be(0);
        TransformerShape gemma3 = Read("gemma3_text", ("layer_types", null), ("rope_parameters", null), ("rope_local_base_freq", "500"), ("rope_theta", "2000"), ("_sliding_window_pattern", null), ("sliding_window_pattern", "2"));
        gemma3.Layers.Should().Equal(new LayerShape(16, 500), new LayerShape(0, 2000), new LayerShape(16, 500));
        Read("gemma", ("hidden_act", "\"gelu\""), ("hidden_activation", "\"gelu_pytorch_tanh\"")).Activation.Should().Be(Activation.GeluTanh);
    }

    [Theory]
    [InlineData("bert", "vocab_size")]
    [InlineData("bert", "hidden_size")]
    [InlineData("bert", "num_hidden_layers")]
    [InlineData("bert", "num_attention_heads")]
    [InlineData("bert", "intermediate_size")]
    [InlineData("bert", "max_position_embeddings")]
    [InlineData("bert", "type_vocab_size")]
    [InlineData("bert", "layer_norm_eps")]
    [InlineData("bert", "model_type")]
    [InlineData("distilbert", "hidden_dim")]
    [InlineData("gpt2", "n_positions")]
    [InlineData("llama", "num_attention_heads")]
    [InlineData("gemma3_text", "max_position_embeddings")]
    public void A_missing_field_is_named(string family, string field)
    {
        Action read = () => Read(family, (field, null));
        read.Should().Throw<InvalidDataException>().WithMessage($"'config.json' lacks the field '{field}'.");
    }

    [Theory]
    [InlineData("bert", "hidden_size", "0", "'config.json': hidden_size is 0; expected a whole number from 1 to 1048576.")]
    [InlineData("bert", "hidden_size", "1e12", "'config.json': hidden_size is 1e12; expected a whole number from 1 to 1048576.")]
    [InlineData("bert", "num_hidden_layers", "\"3\"", "'config.json': num_hidden_layers is \"3\"; expected a whole number from 1 to 1024.")]
    [InlineData("bert", "num_attention_heads", "5", "'config.json': hidden_size 48 does not divide among num_attention_heads 5.")]
    [InlineData("bert", "layer_norm_eps", "-1", "'config.json': layer_norm_eps is -1; expected a number between 0 and 1.")]
    [InlineData("bert", "hidden_act", "3", "'config.json': hidden_act is 3; expected a text.")]
    [InlineData("bert", "is_decoder", "0", "'config.json': is_decoder is 0; expected true or false.")]
    [InlineData("distilbert", "n_heads", "5", "'config.json': dim 48 does not divide among n_heads 5.")]
    [InlineData("gpt2", "n_head", "5", "'config.json': n_embd 48 does not divide among n_head 5.")]
    [InlineData("llama", "num_key_value_heads", "3", "'config.json': num_attention_heads 4 do not divide among num_key_value_heads 3.")]
    [InlineData("llama", "head_dim", "7", "'config.json': heads have 7 components; rotary positions turn pairs of them.")]
    [InlineData("llama", "rope_parameters", "3", "'config.json': rope_parameters is 3; expected an object of fields.")]
    [InlineData("llama", "rope_parameters", """{"rope_theta": -1}""", "'config.json': rope_parameters.rope_theta is -1; expected a positive number.")]
    [InlineData("gemma2", "layer_types", """["full_attention"]""", "'config.json': layer_types is *; expected an array with a text for each of the 3 layers.")]
    [InlineData("gemma2", "sliding_window", "0", "'config.json': sliding_window is 0; expected a whole number from 1 to 2147483647.")]
    public void A_field_out_of_range_is_refused(string family, string field, string value, string message)
    {
        Action read = () => Read(family, (field, value));
        read.Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Theory]
    [InlineData("bert", "model_type", "\"gemma3\"", "'config.json': model_type is 'gemma3'; supported is bert, roberta, distilbert, gpt2, llama, qwen2, gemma, gemma2, gemma3_text.")]
    [InlineData("bert", "hidden_act", "\"relu\"", "'config.json': hidden_act is 'relu'; supported is gelu (the erf form), gelu_new, gelu_pytorch_tanh, silu.")]
    [InlineData("bert", "position_embedding_type", "\"relative_key\"", "'config.json': position_embedding_type is 'relative_key'; supported is absolute.")]
    [InlineData("bert", "is_decoder", "true", "'config.json': is_decoder is true; supported is false.")]
    [InlineData("roberta", "is_decoder", "true", "'config.json': is_decoder is true; supported is false.")]
    [InlineData("distilbert", "activation", "\"relu\"", "'config.json': activation is 'relu'; *")]
    [InlineData("gpt2", "scale_attn_by_inverse_layer_idx", "true", "'config.json': scale_attn_by_inverse_layer_idx is true; supported is false.")]
    [InlineData("gpt2", "scale_attn_weights", "false", "'config.json': scale_attn_weights is false; supported is true.")]
    [InlineData("llama", "rope_parameters", """{"rope_type": "llama3"}""", "'config.json': rope_parameters.rope_type is 'llama3'; supported is default (angles that are not scaled).")]
    [InlineData("llama", "rope_scaling", """{"type": "linear", "factor": 2}""", "'config.json': rope_scaling.type is 'linear'; supported is default (angles that are not scaled).")]
    [InlineData("llama", "rope_parameters", """{"partial_rotary_factor": 0.5}""", "'config.json': rope_parameters.partial_rotary_factor is 0.5; supported is 1.")]
    [InlineData("qwen2", "use_sliding_window", "true", "'config.json': use_sliding_window is true; supported is false.")]
    [InlineData("qwen2", "layer_types", """["full_attention", "sliding_attention", "full_attention"]""", "'config.json': layer_types is 'sliding_attention' for a layer; supported is full_attention.")]
    [InlineData("gemma", "use_bidirectional_attention", "true", "'config.json': use_bidirectional_attention is true; supported is false.")]
    [InlineData("gemma2", "layer_types", """["full_attention", "chunked_attention", "full_attention"]""", "'config.json': layer_types is 'chunked_attention' for a layer; supported is full_attention, sliding_attention.")]
    [InlineData("gemma3_text", "attn_logit_softcapping", "50", "'config.json': attn_logit_softcapping is 50; supported is null.")]
    public void A_model_of_another_kind_is_refused_by_name(string family, string field, string value, string message)
    {
        Action read = () => Read(family, (field, value));
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
