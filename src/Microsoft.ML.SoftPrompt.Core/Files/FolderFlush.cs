using System.Runtime.InteropServices;

namespace Microsoft.ML.SoftPrompt;

/// <summary>Takes a folder's entries to the disk: a file that was renamed has its new name after a power cut only then. .NET has no call for it.</summary>
internal static partial class FolderFlush
{
    private const int ReadOnly = 0, CloseOnExec = 0x80000; // Linux's values

    /// <summary>
    /// Does so on Linux. Elsewhere, and where the folder may be written but not read or its file system cannot do it, nothing happens: the
    /// file itself is on the disk, and its name follows when the system writes the folder.
    /// </summary>
    public static void Run(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        int handle = Open(folder, ReadOnly | CloseOnExec);
        if (handle < 0)
            return;
        _ = Flush(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
