using System.Text;

namespace Microsoft.ML.SoftPrompt.Tool.Output;

/// <summary>
/// A file written beside its destination and renamed when it is whole, so that whatever stood there survives every failure.
/// Opening it proves that the destination can be written, before any long work is done.
/// </summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string _destination;
    private readonly string _temporary;
    private readonly bool _isJson;
    private bool _committed;

    public AtomicFile(string destination)
    {
        _destination = Path.GetFullPath(destination);
        _isJson = Path.GetExtension(_destination).Equals(".json", StringComparison.OrdinalIgnoreCase);
        if (Directory.Exists(_destination))
            throw Unwritable(destination, "it is a folder");
        // A rename would put a file in the device's place.
        if (_destination.StartsWith("/dev/", StringComparison.Ordinal) && !_destination.StartsWith("/dev/shm/", StringComparison.Ordinal))
            throw Unwritable(destination, "it is a device");
        // What a link points at is replaced, not the link.
        if (new FileInfo(_destination).LinkTarget is not null)
            _destination = File.ResolveLinkTarget(_destination, returnFinalTarget: true)!.FullName;
        _temporary = $"{_destination}.{Guid.NewGuid():N}.tmp";
        try
        {
            // The rename needs the right to replace what is there, which writing beside it does not prove.
            if (File.Exists(_destination))
                using (File.Open(_destination, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)) { }
            Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(destination, fault.Message, fault);
        }
    }

    /// <summary>Gets the stream to write to; seekable and readable, as a zip needs.</summary>
    public FileStream Stream { get; }

    /// <summary>Puts what was written in the destination's place.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _destination, overwrite: true);
        _committed = true;
    }

    /// <summary>Writes JSON where the destination's name ends so, else CSV, and puts it in place.</summary>
    public void Commit(Func<byte[]> json, Action<TextWriter> writeCsv)
    {
        if (_isJson)
            Stream.Write(json());
        else
            using (var writer = new StreamWriter(Stream, new UTF8Encoding(false), leaveOpen: true))
                writeCsv(writer);
        Commit();
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed)
            File.Delete(_temporary);
    }

    private static ToolException Unwritable(string path, string why, Exception? fault = null) =>
        new($"Cannot write '{path}': {why.TrimEnd('.')}. Nothing was changed; choose another path or create the folder.", fault);
}
