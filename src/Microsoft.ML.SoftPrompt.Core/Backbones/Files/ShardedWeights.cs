using System.Security.Cryptography;
using System.Text.Json;

namespace Microsoft.ML.SoftPrompt.Backbones;

/// <summary>Weights in several safetensors files, the shards, with an index that says which tensor lies in which.</summary>
internal sealed class ShardedWeights : WeightFile
{
    /// <summary>The index of a model of a thousand layers has a tenth of this.</summary>
    private const int LargestIndex = 1 << 24;

    private const string Map = "weight_map";

    private readonly SortedDictionary<string, SafetensorsFile> _shards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsFile> _shardOf = new(StringComparer.Ordinal);

    private ShardedWeights(BackboneFiles files)
    {
        Name = files.PathOf(BackboneFiles.WeightIndex);
        try
        {
            Tensors = OpenShards(files);
        }
        catch
        {
            Dispose(true);
            throw;
        }
    }

    public override string Name { get; }

    public override long Length => _shards.Values.Sum(shard => shard.Length);

    public override IReadOnlyDictionary<string, WeightTensor> Tensors { get; }

    /// <summary>Gets the shards' names.</summary>
    public IReadOnlyCollection<string> ShardNames => _shards.Keys;

    /// <summary>Opens the index and all its shards and checks that they belong together.</summary>
    /// <exception cref="FileNotFoundException">The index or a shard is missing.</exception>
    /// <exception cref="InvalidDataException">The index or a shard is damaged, or they do not belong together.</exception>
    public static ShardedWeights Open(BackboneFiles files) => new(files);

    public override void Hash(IncrementalHash hash)
    {
        foreach (SafetensorsFile shard in _shards.Values)
            shard.Hash(hash);
    }

    public override void ReadRaw(WeightTensor tensor, long from, Span<byte> destination) => _shardOf[tensor.Name].ReadRaw(tensor, from, destination);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (SafetensorsFile shard in _shards.Values)
                shard.Dispose();
        }
        base.Dispose(disposing);
    }

    private Dictionary<string, WeightTensor> OpenShards(BackboneFiles files)
    {
        Dictionary<string, string> map = ReadIndex(files);
        foreach (string shard in map.Values.Distinct().Order(StringComparer.Ordinal))
        {
            if (!files.Has(shard))
                throw new FileNotFoundException($"'{Name}' names the shard '{shard}', which is not beside it.", files.PathOf(shard));
            _shards.Add(shard, SafetensorsFile.Open(files.Open(shard), files.PathOf(shard)));
        }
        if (files.Names.FirstOrDefault(name => BackboneFiles.LooksLikeShard(name) && !_shards.ContainsKey(name)) is { } stranger)
            throw new InvalidDataException($"'{Name}' does not name the shard '{stranger}', which lies beside it: they are of different models, or the index is damaged.");
        Dictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
        foreach ((string shard, SafetensorsFile file) in _shards)
        {
            foreach (WeightTensor tensor in file.Tensors.Values)
            {
                if (!map.TryGetValue(tensor.Name, out string? listed))
                    throw new InvalidDataException($"'{file.Name}' holds the tensor '{tensor.Name}', which '{Name}' does not list.");
                if (listed != shard)
                    throw new InvalidDataException($"'{file.Name}' holds the tensor '{tensor.Name}', which '{Name}' lists in '{listed}'.");
                tensors.Add(tensor.Name, tensor);
                _shardOf.Add(tensor.Name, file);
            }
        }
        foreach ((string tensor, string shard) in map)
        {
            if (!tensors.ContainsKey(tensor))
                throw new InvalidDataException($"'{Name}' lists the tensor '{tensor}' in '{shard}', which does not hold it.");
        }
        return tensors;
    }

    /// <summary>Reads which shard each tensor lies in.</summary>
    private Dictionary<string, string> ReadIndex(BackboneFiles files)
    {
        using Stream stream = files.OpenNeeded(BackboneFiles.WeightIndex);
        using JsonDocument document = JsonFile.ReadObject(stream, Name, LargestIndex);
        if (new JsonFields(document.RootElement, "", Name).Object(Map) is not { } entries)
            throw new InvalidDataException($"'{Name}' lacks '{Map}', an object of tensors' names and the files they lie in.");
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in entries.Element.EnumerateObject())
        {
            string tensor = entry.Name;
            if (entry.Value.ValueKind != JsonValueKind.String)
                throw entries.Unexpected(tensor, entry.Value, "a file's name");
            string shard = entry.Value.GetString()!;
            if (!BackboneFiles.IsShard(shard))
                throw new InvalidDataException($"'{Name}': {Map} puts tensor '{tensor}' into '{shard}'; expected the plain name of a safetensors file in the same folder.");
            map.Add(tensor, shard);
        }
        return map;
    }
}
