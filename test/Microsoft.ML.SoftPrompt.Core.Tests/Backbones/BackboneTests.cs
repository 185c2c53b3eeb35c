using System.IO.Compression;
using System.Security.Cryptography;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class BackboneTests
{
    [Fact]
    public void A_folder_that_is_open_is_not_read_again()
    {
        using ModelFolder folder = new();
        IBackbone first = Backbone.Open(folder.Path);
        File.Delete(folder.PathOf("model.safetensors"));
        Backbone.Open(folder.Path + "/../" + Path.GetFileName(folder.Path) + "/").Should().BeSameAs(first);
        GC.KeepAlive(first);
    }

    [Fact]
    public void The_fingerprint_holds_name_sizes_and_hash()
    {
        using ModelFolder folder = new();
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder.PathOf("model.safetensors"))));
        Backbone.Open(folder.Path).Fingerprint.Should().Be(new BackboneFingerprint(Path.GetFileName(folder.Path), "bert", 3, 48, 300, hash));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named()
    {
        Action open = () => Backbone.Open("/no/such/folder");
        open.Should().Throw<DirectoryNotFoundException>().WithMessage("There is no folder '/no/such/folder'; expected a folder with config.json and model.safetensors*");
    }

    [Fact]
    public void A_GGUF_file_is_opened_by_its_path_once()
    {
        using ModelFolder folder = new();
        string path = folder.PathOf("tiny.Q8.gguf");
        Action missing = () => Backbone.Open(path);
        missing.Should().Throw<FileNotFoundException>().WithMessage($"There is no file '{path}'; expected *");
        byte[] bytes = GgufBytes.LlamaOfDigits().ToArray();
        File.WriteAllBytes(path, bytes);
        IBackbone backbone = Backbone.Open(path);
        backbone.Fingerprint.Should().Be(new BackboneFingerprint("tiny.Q8", "llama", 1, 8, 13, Convert.ToHexStringLower(SHA256.HashData(bytes))));
        backbone.EncodeNumeral(7, 10).Should().Equal(0, 7);
        Backbone.Open(folder.PathOf("./tiny.Q8.gguf")).Should().BeSameAs(backbone);
        Backbone.FilesOf(backbone)!.PathOf("model.gguf").Should().Be(path);
        GC.KeepAlive(backbone);
    }

    [Fact]
    public void A_file_of_another_kind_is_no_model()
    {
        using ModelFolder folder = new();
        Action open = () => Backbone.Open(folder.PathOf("model.safetensors"));
        open.Should().Throw<NotSupportedException>().WithMessage($"'{folder.PathOf("model.safetensors")}' is a file; expected a folder with config.json and model.safetensors*, or a file whose name ends in .gguf.");
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public void A_missing_file_is_named(string name)
    {
        using ModelFolder folder = new();
        File.Delete(folder.PathOf(name));
        Action open = () => Backbone.Open(folder.Path);
        open.Should().Throw<FileNotFoundException>().WithMessage($"'{folder.Path}' holds no {name}; expected a folder with config.json and model.safetensors*");
    }

    [Fact]
    public void Without_a_tokenizer_rows_work_and_text_says_what_is_missing()
    {
        using ModelFolder folder = new();
        IBackbone backbone = Backbone.Open(folder.Path);
        backbone.HasTokenizer.Should().BeFalse();
        Action encode = () => backbone.EncodeNumeral(1, 9);
        encode.Should().Throw<InvalidOperationException>().WithMessage("*was opened without a tokenizer; put its tokenizer.json or vocab.txt beside config.json*");
    }

    [Fact]
    public void A_vocabulary_beside_the_weights_gives_a_tokenizer()
    {
        using ModelFolder folder = new();
        File.WriteAllLines(folder.PathOf("vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "1", "##2", "a", "A"]);
        IBackbone lower = Backbone.Open(BackboneFiles.InFolder(folder.Path));
        lower.EncodeNumeral(12, 99).Should().Equal(5, 6);
        lower.EncodeText("A").Should().Equal(7);
        File.WriteAllText(folder.PathOf("tokenizer_config.json"), """{"do_lower_case": false}""");
        Backbone.Open(BackboneFiles.InFolder(folder.Path)).EncodeText("A").Should().Equal(8);
    }

    [Fact]
    public void A_vocabulary_without_special_pieces_is_refused()
    {
        using ModelFolder folder = new();
        File.WriteAllLines(folder.PathOf("vocab.txt"), ["a", "b"]);
        Action open = () => Backbone.Open(folder.Path);
        open.Should().Throw<InvalidDataException>().WithMessage($"'{folder.PathOf("vocab.txt")}' is not the vocabulary of a BERT*");
    }

    [Theory]
    [InlineData("{", "*tokenizer_config.json' is not JSON*")]
    [InlineData("""{"do_lower_case": "yes"}""", "*tokenizer_config.json': do_lower_case is \"yes\"; expected true or false.")]
    public void Settings_of_the_tokenizer_that_cannot_be_read_are_refused(string settings, string message)
    {
        using ModelFolder folder = new();
        File.WriteAllLines(folder.PathOf("vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
        File.WriteAllText(folder.PathOf("tokenizer_config.json"), settings);
        Action open = () => Backbone.Open(folder.Path);
        open.Should().Throw<InvalidDataException>().WithMessage(message);
    }

    [Fact]
    public void A_backbone_travels_in_a_zip_and_its_hash_is_checked_on_arrival()
    {
        using ModelFolder folder = new();
        BackboneFiles files = BackboneFiles.InFolder(folder.Path);
        IBackbone original = Backbone.Open(files);
        MemoryStream zip = new();
        using (ZipArchive archive = new(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in files.Names)
            {
                using Stream target = archive.CreateEntry(name).Open(), source = files.Open(name);
                source.CopyTo(target);
            }
        }
        using ZipArchive read = new(zip);
        BackboneFiles carried = new(files.Name, "model.zip", files.Names, name =>
        {
            using Stream entry = read.GetEntry(name)!.Open();
            MemoryStream copy = new();
            entry.CopyTo(copy);
            copy.Position = 0;
            return copy;
        });
        Backbone.Open(carried, expectedSha256: original.Fingerprint.WeightsSha256).Fingerprint.Should().Be(original.Fingerprint);
        string other = new('0', 64);
        Action open = () => Backbone.Open(carried, expectedSha256: other);
        open.Should().Throw<InvalidDataException>().WithMessage($"*model.safetensors' has the SHA-256 {original.Fingerprint.WeightsSha256}; expected {other}.*");
    }
}
