using System;
using System.IO;

namespace Microsoft.ML;

/// <summary>The entries of a model file.</summary>
internal abstract class Repository : IDisposable
{
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>An entry's name inside the zip: folders by slashes, whatever the system's separator.</summary>
    protected static string PathOf(string dir, string name) =>
        (string.IsNullOrEmpty(dir) ? name : Path.Combine(dir, name)).Replace('\\', '/').TrimStart('/');

    protected abstract void OnDispose(Entry ent);

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>One stream, whole in memory: model files are small, and their headers are written last.</summary>
    public sealed class Entry : IDisposable
    {
        private Repository _owner;

        internal Entry(Repository owner, string path, MemoryStream stream)
        {
            _owner = owner;
            Path = path;
            Stream = stream;
        }

        public Stream Stream { get; }

        internal string Path { get; }

        public void Dispose()
        {
            _owner?.OnDispose(this);
            _owner = null;
        }
    }
}
