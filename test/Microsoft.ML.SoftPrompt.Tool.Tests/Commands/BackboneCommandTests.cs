using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

[Collection(CommandTests.Name)]
public sealed class BackboneCommandTests
{
    [Fact]
    public void Inspect_says_what_the_built_in_model_is()
    {
        using var buffers = new Buffers();

        Application.Run(["backbone", "inspect"], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().StartWith("all-MiniLM-L6-v2: bert, ").And.Contain("layers        6").And.Contain("hidden size   384, feed-forward 1,536").And.Contain("positions     512")
            .And.Contain("WordPiece; numerals 0 to 341 are a piece each, with larger ones of several pieces").And.Contain("F16 ").And.Contain("supported     yes");
    }

    [Theory]
    [InlineData("full", "in full precision; training adds about ")]
    [InlineData("INT8", "in int8 precision; training adds about ")]
    [InlineData("bfloat16", "in bfloat16 precision; training adds about ")]
    public void Inspect_tells_the_memory_of_a_precision(string precision, string expected)
    {
        using var buffers = new Buffers();

        Application.Run(["backbone", "inspect", TinyBackbone.Folder, "--precision", precision], buffers.Console).Should().Be(0, buffers.Error);
        buffers.Output.Should().Contain(expected);
    }

    [Fact]
    public void A_precision_that_there_is_not_is_refused()
    {
        using var buffers = new Buffers();

        Application.Run(["backbone", "inspect", "--precision", "int4"], buffers.Console).Should().NotBe(0);
        buffers.Error.Should().Contain("--precision is 'int4'; expected one of full|bfloat16|int8.");
    }

    [Fact]
    public void Inspect_writes_the_same_as_JSON()
    {
        using var buffers = new Buffers();

        Application.Run(["backbone", "inspect", TinyBackbone.Folder, "--json"], buffers.Console).Should().Be(0, buffers.Error);

        using JsonDocument json = JsonDocument.Parse(buffers.Output);
        JsonElement model = json.RootElement;
        model.GetProperty("family").GetString().Should().Be("bert");
        model.GetProperty("fault").ValueKind.Should().Be(JsonValueKind.Null);
        (model.GetProperty("layers").GetInt32(), model.GetProperty("hiddenSize").GetInt32(), model.GetProperty("wholeNumerals").GetInt32()).Should().Be((3, 48, 295));
        model.GetProperty("weightsSha256").GetString().Should().HaveLength(64);
        model.GetProperty("numberTypes").GetProperty("F32").GetInt64().Should().Be(model.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public void Inspect_fails_where_a_model_is_not_supported_and_names_the_field()
    {
        using var buffers = new Buffers();
        string config = File.ReadAllText(Path.Join(TinyBackbone.Folder, "config.json")).Replace("\"gelu\"", "\"quick_gelu\"");
        File.Copy(Path.Join(TinyBackbone.Folder, "model.safetensors"), Path.GetFullPath(buffers.Path("model.safetensors")));
        buffers.Write("config.json", config);

        Application.Run(["backbone", "inspect", buffers.Folder], buffers.Console).Should().Be(1);
        buffers.Output.Should().Contain("hidden size   48").And.Contain("supported     no");
        buffers.Error.Should().StartWith("error: '").And.Contain("config.json': hidden_act is 'quick_gelu'");

        Application.Run(["backbone", "benchmark", buffers.Folder], buffers.Console).Should().Be(1);
        buffers.Error.Should().NotContain("opening");
    }

    [Fact]
    public void Inspect_says_which_files_a_model_without_a_tokenizer_lacks()
    {
        using var buffers = new Buffers();

        Application.Run(["backbone", "inspect", Golden.PathOf("backbones/gpt2")], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().Contain("hidden size   48, feed-forward 192").And.Contain("tokenizer     none (tokenizer.json, vocab.txt, or vocab.json with merges.txt): series cannot be written");
    }

    [Fact]
    public void Benchmark_times_a_batch_and_one_series_each_way()
    {
        using var buffers = new Buffers();

        Application.Run(["backbone", "benchmark", TinyBackbone.Folder, "--length", "10", "--prompt-length", "0", "--batch-size", "3", "--threads", "2", "--precision", "int8"], buffers.Console).Should().Be(0, buffers.Error);

        buffers.Output.Should().Contain("weights in int8 precision, about ").And.Contain("series of 10 positions behind a prompt of 0; 2 threads; medians.")
            .And.MatchRegex(@"forward, 3 series +\d").And.MatchRegex(@"forward and backward, 3 series +\d").And.MatchRegex(@"forward, 1 series +\d").And.MatchRegex(@"forward and backward, 1 series +\d");
        buffers.Error.Should().Contain("opening").And.Contain("forward and backward, 1 series …");
    }

    [Fact]
    public void Benchmark_refuses_more_positions_than_the_model_has()
    {
        using var buffers = new Buffers();

        Application.Run(["backbone", "benchmark", TinyBackbone.Folder, "--length", "60"], buffers.Console).Should().Be(1);

        buffers.Error.Should().Contain("--length 60 behind --prompt-length 20 takes 80 positions").And.Contain("has 64");
    }
}
