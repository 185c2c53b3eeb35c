using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Writes a model file.</summary>
internal sealed class RepositoryWriter : Repository
{
    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private ZipArchive _archive;

    private RepositoryWriter(Stream stream) => _archive = new(stream, ZipArchiveMode.Create, leaveOpen: true);

    public static RepositoryWriter CreateNew(Stream stream, IExceptionContext ectx = null, bool useFileSystem = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new(stream);
    }

    public Entry CreateEntry(string name) => CreateEntry("", name);

    public Entry CreateEntry(string dir, string name)
    {
        string path = PathOf(dir, name);
        if (!_paths.Add(path))
            throw new InvalidOperationException($"Duplicate entry: '{path}'");
        return new(this, path, new MemoryStream());
    }

    public void Commit()
    {
        _archive?.Dispose();
        _archive = null;
    }

    protected override void OnDispose(Entry ent)
    {
        if (_archive is null)
            return;
        using var target = _archive.CreateEntry(ent.Path).Open();
        ((MemoryStream)ent.Stream).WriteTo(target);
    }

    protected override void Dispose(bool disposing) => Commit();
}
