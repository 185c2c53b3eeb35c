using Microsoft.ML.SoftPrompt.Tensors;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class BackboneInspectionTests
{
    [Fact]
    public void Sizes_are_those_of_configuration_and_tensors()
    {
        using ModelFolder folder = new();
        BackboneDescription found = Backbone.Inspect(folder.Path);
        IBackbone opened = Backbone.Open(BackboneFiles.InFolder(folder.Path));
        using SafetensorsFile file = SafetensorsFile.Open(folder.PathOf("model.safetensors"));

        found.Fault.Should().BeNull();
        (found.Family, found.Layers, found.HiddenSize, found.Heads, found.KeyValueHeads).Should().Be(("bert", 3, 48, 4, null));
        (found.MaxPositions, found.VocabularySize, found.WeightsSha256).Should().Be((opened.MaxPositions, opened.VocabularySize, opened.Fingerprint.WeightsSha256));
        (found.Tokenizer, found.WholeNumerals, found.PadsDigits).Should().Be((null, null, null));
        found.FileBytes.Should().Be(new FileInfo(folder.PathOf("model.safetensors")).Length);
        found.Parameters.Should().Be(file.Tensors.Values.Sum(tensor => tensor.Count));
        found.NumberTypes.Should().BeEquivalentTo(new Dictionary<string, long> { ["F32"] = found.Parameters!.Value });
        // All in single precision: what is kept is what is stored. A layer: four d × d, and up and down between d and the wide size.
        found.MemoryBytes.Should().Be(4 * found.Parameters);
        found.TrainingBytes.Should().Be(4L * 3 * (4 * 48 * 48 + 2 * 48 * found.IntermediateSize));
    }

    [Theory]
    [InlineData(WeightPrecision.BFloat16, 2, 2)]
    [InlineData(WeightPrecision.EightBit, 1.125, 2)]
    public void The_matrices_of_the_layers_take_less_in_a_narrow_form(WeightPrecision precision, double bytes, double transposedBytes)
    {
        using ModelFolder folder = new();
        BackboneDescription full = Backbone.Inspect(folder.Path), found = Backbone.Inspect(folder.Path, precision);
        double matrices = full.TrainingBytes!.Value / 4.0;
        found.MemoryBytes.Should().Be((long)(full.MemoryBytes!.Value - matrices * (4 - bytes)));
        found.TrainingBytes.Should().Be((long)(matrices * transposedBytes));
        (found with { Precision = full.Precision, MemoryBytes = full.MemoryBytes, TrainingBytes = full.TrainingBytes, NumberTypes = full.NumberTypes }).Should().Be(full);
    }

    [Fact]
    public void The_embedding_is_kept_as_it_is_stored_and_the_way_back_to_tokens_not_at_all()
    {
        using ModelFolder folder = new();
        BackboneDescription before = Backbone.Inspect(folder.Path);
        folder.Change(tensors => tensors.Append(("cls.head.weight", [300, 48], new float[300 * 48])));

        BackboneDescription after = Backbone.Inspect(folder.Path);
        after.Fault.Should().BeNull("a head is known and passed over");
        (after.Parameters - before.Parameters).Should().Be(300 * 48);
        after.MemoryBytes.Should().Be(before.MemoryBytes);
    }

    [Theory]
    [InlineData(""" "model_type": "bert" """, """ "model_type": "mamba" """, "mamba", "*config.json': model_type is 'mamba'; *")]
    [InlineData(""" "hidden_act": "gelu" """, """ "hidden_act": "quick_gelu" """, "bert", "*config.json': hidden_act is 'quick_gelu'; *")]
    [InlineData(""" "num_hidden_layers": 3 """, """ "num_hidden_layers": 2 """, "bert", "*'encoder.layer.2.*")]
    public void A_model_that_cannot_be_opened_is_described_with_the_reason(string field, string other, string family, string fault)
    {
        using ModelFolder folder = new();
        string config = File.ReadAllText(folder.PathOf("config.json"));
        config.Should().Contain(field.Trim());
        File.WriteAllText(folder.PathOf("config.json"), config.Replace(field.Trim(), other.Trim()));

        BackboneDescription found = Backbone.Inspect(folder.Path);
        found.Fault.Should().Match(fault);
        found.Family.Should().Be(family);
        found.HiddenSize.Should().Be(48);
        found.Parameters.Should().BePositive();
        Action open = () => Backbone.Open(BackboneFiles.InFolder(folder.Path));
        open.Should().Throw<Exception>().WithMessage(found.Fault, "opening says the same");
    }

    [Fact]
    public void A_damaged_file_of_weights_leaves_what_the_configuration_says()
    {
        using ModelFolder folder = new();
        File.WriteAllText(folder.PathOf("model.safetensors"), "none");
        BackboneDescription found = Backbone.Inspect(folder.Path);
        found.Fault.Should().Contain("model.safetensors");
        (found.Layers, found.Parameters).Should().Be((3, null));
    }

    [Theory]
    [InlineData("gpt-2", 60, true)]
    [InlineData("smollm", 60, true)]
    public void Numerals_are_told_by_the_vocabulary(string kind, int least, bool padded)
    {
        using ModelFolder folder = new();
        File.WriteAllText(folder.PathOf("config.json"), File.ReadAllText(folder.PathOf("config.json")).Replace("\"vocab_size\": 300", "\"vocab_size\": 424"));
        folder.Change(tensors => tensors.Select(tensor => tensor.Name.Contains("word_embeddings") ? (tensor.Name, [424, 48], new float[424 * 48]) : tensor));
        File.WriteAllText(folder.PathOf("tokenizer.json"), TokenizerFiles.ByteLevel(kind).ToJsonString());

        BackboneDescription found = Backbone.Inspect(folder.Path);
        (found.Fault, found.Tokenizer, found.PadsDigits).Should().Be((null, "byte-level BPE", padded));
        string[] pieces = TokenizerFiles.Pieces;
        found.WholeNumerals.Should().Be(Enumerable.Range(0, least).First(numeral => !pieces.Contains($"{numeral}")));
    }

    [Fact]
    public void A_tokenizer_with_more_pieces_than_the_embedding_has_rows_is_a_fault()
    {
        using ModelFolder folder = new();
        File.WriteAllText(folder.PathOf("tokenizer.json"), TokenizerFiles.ByteLevel("smollm").ToJsonString());
        Backbone.Inspect(folder.Path).Fault.Should().Match("*tokenizer.json' gives the piece * the id 300; the model's embedding has the rows 0 to 299.*");
    }

    [Theory]
    [InlineData("roberta")]
    [InlineData("distilbert")]
    [InlineData("gpt2")]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("gemma")]
    [InlineData("gemma2")]
    [InlineData("gemma3_text")]
    public void Every_family_is_described(string family)
    {
        string folder = Golden.PathOf("backbones/" + family);
        BackboneDescription found = Backbone.Inspect(folder);
        IBackbone opened = Backbone.Open(folder);
        (found.Fault, found.Family, found.Layers, found.HiddenSize).Should().Be((null, family, 3, 48));
        (found.MaxPositions, found.VocabularySize, found.WeightsSha256).Should().Be((opened.MaxPositions, opened.VocabularySize, opened.Fingerprint.WeightsSha256));
        found.IntermediateSize.Should().Be(family == "gpt2" ? 4 * 48 : 112, "GPT-2 says nothing: four times the hidden size");
        // All are stored in single precision: nothing is kept that is not stored.
        found.MemoryBytes.Should().BeInRange(found.Parameters!.Value * 3, found.Parameters.Value * 4);
        found.TrainingBytes.Should().BeInRange(found.MemoryBytes!.Value / 2, found.MemoryBytes.Value);
    }

    [SkippableFact]
    public void A_GGUF_file_is_described()
    {
        BackboneDescription found = Backbone.Inspect(SharedModels.PathOf(SmolLM2Tests.Model));
        (found.Fault, found.Family, found.Layers, found.HiddenSize, found.Heads, found.KeyValueHeads).Should().Be((null, "llama", 30, 576, 9, 3));
        (found.Tokenizer, found.WholeNumerals, found.PadsDigits, found.VocabularySize).Should().Be(("byte-level BPE", 10, true, 49152));
        found.Location.Should().Be(Path.GetFullPath(SharedModels.PathOf(SmolLM2Tests.Model)));
        found.NumberTypes.Should().ContainKeys("Q4_1", "F32");
        found.Parameters.Should().BeInRange(134_000_000, 135_000_000);
    }

    [Fact]
    public void A_folder_of_GGUF_files_is_refused_with_the_path_of_one()
    {
        using ModelFolder folder = new();
        File.Delete(folder.PathOf("model.safetensors"));
        File.WriteAllText(folder.PathOf("b.Q8_0.gguf"), "");
        File.WriteAllText(folder.PathOf("a.Q4_0.gguf"), "");
        Action inspect = () => Backbone.Inspect(folder.Path), open = () => Backbone.Open(folder.Path);
        string message = $"'{folder.Path}' holds no model.safetensors, but a GGUF file. Give the path of that file: '{folder.PathOf("a.Q4_0.gguf")}'.";
        inspect.Should().Throw<FileNotFoundException>().WithMessage(message);
        open.Should().Throw<FileNotFoundException>().WithMessage(message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void An_empty_path_is_told_what_is_expected(string path)
    {
        Action inspect = () => Backbone.Inspect(path);
        inspect.Should().Throw<ArgumentException>().WithMessage("The path of the model is empty; expected a folder with config.json *");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        Action inspect = () => Backbone.Inspect("/no/such/folder");
        inspect.Should().Throw<DirectoryNotFoundException>().WithMessage("There is no folder '/no/such/folder'*");
    }
}
