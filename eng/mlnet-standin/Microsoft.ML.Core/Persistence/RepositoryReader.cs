using System;
using System.IO;
using System.IO.Compression;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Reads a model file.</summary>
internal sealed class RepositoryReader : Repository
{
    private readonly ZipArchive _archive;

    private RepositoryReader(Stream stream) => _archive = new(stream, ZipArchiveMode.Read, leaveOpen: true);

    public static RepositoryReader Open(Stream stream, IExceptionContext ectx = null, bool useFileSystem = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new(stream);
    }

    public Entry OpenEntry(string name) => OpenEntry("", name);

    public Entry OpenEntry(string dir, string name) =>
        OpenEntryOrNull(dir, name) ?? throw Contracts.ExceptDecode($"Repository doesn't contain entry {PathOf(dir, name)}");

    public Entry OpenEntryOrNull(string name) => OpenEntryOrNull("", name);

    public Entry OpenEntryOrNull(string dir, string name)
    {
        string path = PathOf(dir, name);
        // Files written on Windows by old versions have backslashes in their names.
        var entry = _archive.GetEntry(path) ?? _archive.GetEntry(path.Replace('/', '\\'));
        if (entry is null)
            return null;
        var memory = new MemoryStream();
        using (var source = entry.Open())
            source.CopyTo(memory);
        memory.Position = 0;
        return new(this, path, memory);
    }

    protected override void OnDispose(Entry ent) => ent.Stream.Dispose();

    protected override void Dispose(bool disposing) => _archive.Dispose();
}
