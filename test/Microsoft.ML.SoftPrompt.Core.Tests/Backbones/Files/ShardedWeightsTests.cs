using System.Security.Cryptography;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

public class ShardedWeightsTests
{
    private const string Index = "model.safetensors.index.json";
    private const string First = "model-00001-of-00002.safetensors", Second = "model-00002-of-00002.safetensors";

    private static WeightFile Open(ModelFolder folder) => ShardedWeights.Open(BackboneFiles.InFolder(folder.Path));

    /// <summary>Rewrites the index with a change to the map.</summary>
    private static void ChangeMap(ModelFolder folder, Action<Dictionary<string, object>> change)
    {
        Dictionary<string, object> map = JsonDocument.Parse(File.ReadAllText(folder.PathOf(Index))).RootElement.GetProperty("weight_map").EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => (object)entry.Value.GetString()!);
        change(map);
        File.WriteAllText(folder.PathOf(Index), JsonSerializer.Serialize(new { weight_map = map }));
    }

    [Fact]
    public void Shards_hold_together_what_one_file_holds_alone()
    {
        using ModelFolder folder = new();
        List<(string Name, long[] Shape, float[] Values)> whole = SafetensorsBytes.Load(folder.PathOf("model.safetensors"));
        folder.CutIntoShards();
        using WeightFile shards = Open(folder);
        shards.Tensors.Keys.Should().BeEquivalentTo(whole.Select(tensor => tensor.Name));
        foreach ((string name, long[] shape, float[] values) in whole)
        {
            float[] read = new float[values.Length];
            shards.Read(shards.Tensors[name], read);
            read.Should().Equal(values, "of {0}", name);
            shards.Tensors[name].Shape.Should().Equal(shape);
        }
        byte[] inOrder = [.. File.ReadAllBytes(folder.PathOf(First)), .. File.ReadAllBytes(folder.PathOf(Second))];
        shards.Sha256().Should().Be(Convert.ToHexStringLower(SHA256.HashData(inOrder)));
    }

    [Fact]
    public void A_backbone_in_shards_gives_the_same_hidden_states_and_its_own_hash()
    {
        using ModelFolder one = new(), several = new();
        several.CutIntoShards();
        File.WriteAllText(several.PathOf("consolidated.safetensors"), "passed over: the index does not name it");
        IBackbone whole = Backbone.Open(one.Path), sharded = Backbone.Open(several.Path);
        BackboneInput input = new(whole.HiddenSize);
        input.Clear(default, default);
        input.Add([5, 7, 11], [0, 1, 2]);
        float[] expected = new float[3 * whole.HiddenSize], actual = new float[expected.Length];
        whole.Forward(input, expected);
        sharded.Forward(input, actual);
        actual.Should().Equal(expected);
        using WeightFile weights = Open(several);
        sharded.Fingerprint.WeightsSha256.Should().Be(weights.Sha256()).And.NotBe(whole.Fingerprint.WeightsSha256);
        Backbone.FilesOf(sharded)!.Names.Should().BeEquivalentTo("config.json", Index, First, Second);
    }

    [Fact]
    public void Where_a_whole_file_lies_beside_the_shards_it_is_the_model()
    {
        using ModelFolder folder = new();
        string hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder.PathOf("model.safetensors"))));
        byte[] whole = File.ReadAllBytes(folder.PathOf("model.safetensors"));
        folder.CutIntoShards();
        File.WriteAllBytes(folder.PathOf("model.safetensors"), whole);
        IBackbone backbone = Backbone.Open(folder.Path);
        backbone.Fingerprint.WeightsSha256.Should().Be(hash);
        Backbone.FilesOf(backbone)!.Names.Should().BeEquivalentTo("config.json", "model.safetensors");
    }

    [Theory]
    [InlineData("../model-00001-of-00002.safetensors")]
    [InlineData("/etc/passwd.safetensors")]
    [InlineData("sub/model.safetensors")]
    [InlineData("sub\\model.safetensors")]
    [InlineData("C:model.safetensors")]
    [InlineData("..safetensors")]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    [InlineData("")]
    public void A_name_that_is_not_a_plain_shard_is_refused(string name)
    {
        using ModelFolder folder = new();
        folder.CutIntoShards();
        ChangeMap(folder, map => map["embeddings.LayerNorm.bias"] = name);
        Action open = () => Open(folder);
        open.Should().Throw<InvalidDataException>()
            .WithMessage($"'{folder.PathOf(Index)}': weight_map puts tensor 'embeddings.LayerNorm.bias' into '{name}'; expected the plain name of a safetensors file in the same folder.");
    }

    [Fact]
    public void A_shard_that_is_a_link_out_of_the_folder_is_refused_and_one_within_it_is_not()
    {
        using ModelFolder folder = new(), elsewhere = new();
        folder.CutIntoShards();
        elsewhere.CutIntoShards();
        File.Delete(folder.PathOf(Second));
        File.CreateSymbolicLink(folder.PathOf(Second), elsewhere.PathOf(Second));
        Action open = () => Open(folder);
        open.Should().Throw<InvalidDataException>().WithMessage($"'{folder.PathOf(Second)}' is a link to '{elsewhere.PathOf(Second)}', outside its folder*");
        File.Delete(folder.PathOf(Second));
        File.Copy(elsewhere.PathOf(Second), folder.PathOf("kept.bin"));
        File.CreateSymbolicLink(folder.PathOf(Second), "kept.bin");
        Open(folder).Dispose();
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("vocab.txt")]
    public void A_configuration_or_a_vocabulary_that_is_a_link_out_of_the_folder_is_refused_since_a_model_file_would_carry_it_along(string name)
    {
        using ModelFolder folder = new(), elsewhere = new();
        File.WriteAllText(folder.PathOf("vocab.txt"), "a\n");
        File.Copy(folder.PathOf(name), elsewhere.PathOf("secret"));
        File.Delete(folder.PathOf(name));
        File.CreateSymbolicLink(folder.PathOf(name), elsewhere.PathOf("secret"));
        Action open = () => Backbone.Open(folder.Path);
        open.Should().Throw<InvalidDataException>().WithMessage($"'{folder.PathOf(name)}' is a link to '{elsewhere.PathOf("secret")}', outside its folder*");
    }

    /// <summary>The cache of Hugging Face keeps the bytes among its blobs and links to them from each snapshot.</summary>
    [Fact]
    public void A_snapshot_of_the_hugging_face_cache_opens()
    {
        using ModelFolder cache = new();
        cache.CutIntoShards();
        string blobs = Directory.CreateDirectory(cache.PathOf("blobs")).FullName, snapshot = Directory.CreateDirectory(cache.PathOf("snapshots/0123")).FullName;
        foreach (string name in (string[])["config.json", Index, First, Second])
        {
            File.Move(cache.PathOf(name), Path.Combine(blobs, "hash-of-" + name));
            File.CreateSymbolicLink(Path.Combine(snapshot, name), "../../blobs/hash-of-" + name);
        }
        Backbone.Open(snapshot).Fingerprint.Layers.Should().Be(3);
    }

    [Fact]
    public void A_directory_in_the_place_of_a_shard_is_no_shard()
    {
        using ModelFolder folder = new();
        folder.CutIntoShards();
        File.Delete(folder.PathOf(Second));
        Directory.CreateDirectory(folder.PathOf(Second));
        Action open = () => Open(folder);
        open.Should().Throw<FileNotFoundException>().WithMessage($"'{folder.PathOf(Index)}' names the shard '{Second}', which is not beside it.");
    }

    [Fact]
    public void Index_and_shards_must_agree()
    {
        const string Tensor = "embeddings.LayerNorm.bias", Other = "encoder.layer.2.output.dense.weight";
        void Refuses(Action<ModelFolder> change, Func<ModelFolder, string> message)
        {
            using ModelFolder folder = new();
            folder.CutIntoShards();
            change(folder);
            Action open = () => Open(folder).Dispose();
            open.Should().Throw<InvalidDataException>().WithMessage(message(folder));
        }
        Refuses(folder => ChangeMap(folder, map => map["none"] = First), folder => $"'{folder.PathOf(Index)}' lists the tensor 'none' in '{First}', which does not hold it.");
        Refuses(folder => ChangeMap(folder, map => map.Remove(Tensor)), folder => $"'{folder.PathOf(First)}' holds the tensor '{Tensor}', which '{folder.PathOf(Index)}' does not list.");
        Refuses(folder => ChangeMap(folder, map => map[Tensor] = Second), folder => $"'{folder.PathOf(First)}' holds the tensor '{Tensor}', which '{folder.PathOf(Index)}' lists in '{Second}'.");
        Refuses(folder => ChangeMap(folder, map => map[Tensor] = 3), folder => $"'{folder.PathOf(Index)}': weight_map.{Tensor} is 3; expected a file's name.");
        Refuses(folder => File.WriteAllText(folder.PathOf(Index), "{}"), folder => $"'{folder.PathOf(Index)}' lacks 'weight_map'*");
        Refuses(folder => File.WriteAllText(folder.PathOf(Index), "{\"weight_map\":"), folder => $"'{folder.PathOf(Index)}' is not JSON: *");
        Refuses(folder => File.WriteAllText(folder.PathOf(Index), "{\"weight_map\":{\"a\":\"b.safetensors\",\"a\":\"b.safetensors\"}}"), folder => $"'{folder.PathOf(Index)}' is not JSON: *");
        Refuses(
            folder => File.Copy(folder.PathOf(First), folder.PathOf("model-00003-of-00003.safetensors")),
            folder => $"'{folder.PathOf(Index)}' does not name the shard 'model-00003-of-00003.safetensors', which lies beside it*");
        // A tensor in both shards.
        Refuses(
            folder => File.WriteAllBytes(folder.PathOf(Second), SafetensorsBytes.Of(
                [.. SafetensorsBytes.Load(folder.PathOf(Second)), .. SafetensorsBytes.Load(folder.PathOf(First)).Where(tensor => tensor.Name == Tensor)])),
            folder => $"'{folder.PathOf(Second)}' holds the tensor '{Tensor}', which '{folder.PathOf(Index)}' lists in '{First}'.");
        Refuses(
            folder => File.WriteAllBytes(folder.PathOf(Second), SafetensorsBytes.Of(SafetensorsBytes.Load(folder.PathOf(Second)).Where(tensor => tensor.Name != Other))),
            folder => $"'{folder.PathOf(Index)}' lists the tensor '{Other}' in '{Second}', which does not hold it.");
    }
}
