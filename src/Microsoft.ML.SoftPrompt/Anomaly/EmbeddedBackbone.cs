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

    public static void Write(ModelStreamWriter writer, BackboneFiles files, BackboneFingerprint trained)
    {
        foreach (string name in files.Names)
            writer.Write(Prefix + name, stream =>
            {
                using var file = files.Open(name);
                if (name != BackboneFiles.Weights)
                {
                    file.CopyTo(stream);
                    return;
                }
                using var sha = SHA256.Create();
                using (var hashing = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
                    file.CopyTo(hashing);
                string found = Convert.ToHexStringLower(sha.Hash!);
                if (found != trained.WeightsSha256)
                    throw new InvalidOperationException($"'{files.PathOf(name)}' has changed since the model was trained: its SHA-256 is {found}, and was {trained.WeightsSha256}. Put the old file back, or train again.");
            });
    }

    /// <summary>Opens the backbone that a model file carries; its bytes are kept, so that the model can be saved again.</summary>
    public static IBackbone Read(ModelStreamReader reader, IReadOnlyList<string> names, BackboneFingerprint trained)
    {
        if (names.FirstOrDefault(name => !BackboneFiles.All.Contains(name)) is { } unknown)
            throw new InvalidDataException($"The model file carries a backbone file '{unknown}'; expected {string.Join(", ", BackboneFiles.All)}.");
        var contents = new Dictionary<string, byte[]>();
        foreach (string name in names)
            reader.Read(Prefix + name, stream =>
            {
                using var copy = new MemoryStream();
                stream.CopyTo(copy);
                contents[name] = copy.ToArray();
            });
        var files = new BackboneFiles(trained.Name, "the model file", [.. contents.Keys], name => new MemoryStream(contents[name], writable: false));
        return Backbone.OpenShared(files, trained);
    }
}
