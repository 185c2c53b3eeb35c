using System.Security.Cryptography;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>A backbone of the user's own that travels in the model file, so that the model loads where its folder is not.</summary>
internal static class EmbeddedBackbone
{
    private const string Prefix = "backbone.";

    public static BackboneFiles FilesOf(IBackbone backbone) => Backbone.FilesOf(backbone)
        ?? throw new InvalidOperationException($"The backbone {backbone.Fingerprint.Name} was not opened from files, so a model file cannot carry it. Set EmbedBackbone to false.");

    /// <summary>Copies the files, and refuses weights that are no longer those that the model was trained in front of.</summary>
    public static void Write(ModelStreamWriter writer, BackboneFiles files, BackboneFingerprint trained)
    {
        var weights = files.WeightNames;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in files.Names.Except(weights))
            writer.Write(Prefix + name, stream =>
            {
                using var file = files.Open(name);
                file.CopyTo(stream);
            });
        foreach (string name in weights)
            writer.Write(Prefix + name, stream =>
            {
                using var file = files.Open(name);
                var part = new byte[1 << 18];
                for (int read; (read = file.Read(part)) > 0;)
                {
                    hash.AppendData(part, 0, read);
                    stream.Write(part, 0, read);
                }
            });
        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != trained.WeightsSha256)
            throw new InvalidOperationException($"'{string.Join("', '", weights.Select(files.PathOf))}' changed since the model was trained: the SHA-256 is {found}, and was {trained.WeightsSha256}. Put the old weights back, or train again.");
    }

    /// <summary>Opens the backbone that a model file carries; its bytes are kept in a temporary file, so that the model can be saved again.</summary>
    public static IBackbone Read(ModelStreamReader reader, IReadOnlyList<string> names, BackboneFingerprint trained)
    {
        if (names.FirstOrDefault(name => !BackboneFiles.All.Contains(name) && !BackboneFiles.IsShard(name)) is { } unknown)
            throw new InvalidDataException($"The model file carries a backbone file '{unknown}'; expected {string.Join(", ", BackboneFiles.All)}, or the plain name of a shard.");
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InvalidDataException($"The model file names its backbone file '{twice.Key}' twice.");
        var contents = new Dictionary<string, TemporaryFile>();
        foreach (string name in names)
            reader.Read(Prefix + name, stream => contents[name] = new TemporaryFile(stream));
        var files = new BackboneFiles(trained.Name, "the model file", names, name => contents[name].OpenRead());
        return Backbone.OpenShared(files, trained);
    }
}
