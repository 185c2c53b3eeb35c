namespace Microsoft.ML.SoftPrompt;

/// <summary>
/// A file written beside its destination and renamed when it is whole, so that whatever stood there survives every failure.
/// Opening it proves that the destination can be written, before any long work is done.
/// </summary>
/// <remarks>
/// <para>A path never holds half a file: a reader sees what was there before, or all that is there now, whether the process fails, is killed
/// or the power is cut. <see cref="Commit"/> returns when the content, and on Linux the name too, is on the disk, as far as the disk says so.</para>
/// <para>On Linux and macOS a file that takes another's place has its permissions; one that is new has those that the process gives.</para>
/// <para>A killed process leaves its temporary file, <c>NAME.softprompt-NUMBER.tmp</c>. The next file for the same destination deletes it,
/// an hour after it was last written and unless a process has it open.</para>
/// </remarks>
public sealed class AtomicFile : IDisposable
{
    private readonly string _temporary;
    private bool _committed;

    /// <summary>Opens the file beside its destination.</summary>
    /// <param name="destination">The path of the file to be; what a link points at is replaced, not the link.</param>
    /// <exception cref="IOException">The destination is a folder or a device, its folder is missing, or it or the folder may not be written. Nothing is changed.</exception>
    public AtomicFile(string destination)
    {
        ArgumentException.ThrowIfNullOrEmpty(destination);
        Destination = Path.GetFullPath(destination);
        if (Directory.Exists(Destination))
            throw Unwritable(destination, "it is a folder");
        RefuseDevice(destination);
        if (new FileInfo(Destination).LinkTarget is not null)
            Destination = File.ResolveLinkTarget(Destination, returnFinalTarget: true)!.FullName;
        RefuseDevice(destination);
        string folder = Path.GetDirectoryName(Destination)!;
        if (!Directory.Exists(folder))
            throw Unwritable(destination, $"there is no folder '{folder}'");
        _temporary = Leftovers.NewName(Destination);
        Leftovers.Delete(Destination);
        try
        {
            // The rename needs the right to replace what is there, which writing beside it does not prove.
            UnixFileMode? permissions = null;
            if (File.Exists(Destination))
            {
                using (File.Open(Destination, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)) { }
                permissions = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(Destination);
            }
            Stream = Create(_temporary, permissions);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(destination, fault.Message, fault);
        }
    }

    /// <summary>Gets the full path of the file to be.</summary>
    public string Destination { get; }

    /// <summary>Gets the stream to write to; seekable and readable, as a zip needs.</summary>
    public FileStream Stream { get; }

    /// <summary>Puts what was written, once it is on the disk, in the destination's place.</summary>
    /// <exception cref="IOException">The disk is full, or the destination cannot be replaced; it is as it was.</exception>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, Destination, overwrite: true);
        _committed = true;
        FolderFlush.Run(Path.GetDirectoryName(Destination)!);
    }

    /// <summary>Closes the file; without <see cref="Commit"/> what was written is deleted.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed)
            File.Delete(_temporary);
    }

    /// <summary>What only its owner may read, nobody else may read for a moment either.</summary>
    private static FileStream Create(string path, UnixFileMode? permissions)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (permissions is null || OperatingSystem.IsWindows())
            return new FileStream(path, options);
        options.UnixCreateMode = permissions;
        var stream = new FileStream(path, options);
        // The process's mask took some of them away.
        File.SetUnixFileMode(stream.SafeFileHandle, permissions.Value);
        return stream;
    }

    /// <summary>A rename would put a file in the device's place.</summary>
    private void RefuseDevice(string destination)
    {
        if (Destination.StartsWith("/dev/", StringComparison.Ordinal) && !Destination.StartsWith("/dev/shm/", StringComparison.Ordinal))
            throw Unwritable(destination, "it is a device");
    }

    private static IOException Unwritable(string path, string why, Exception? fault = null) =>
        new($"Cannot write '{path}': {why.TrimEnd('.')}. Nothing was changed; choose another path or create the folder.", fault);
}
