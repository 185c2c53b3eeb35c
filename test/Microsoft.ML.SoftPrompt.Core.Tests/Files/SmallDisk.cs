using System.Diagnostics;

namespace Microsoft.ML.SoftPrompt.Files;

/// <summary>A file system that is soon full, and can be made one that is only read; skips where it cannot be mounted.</summary>
internal sealed class SmallDisk : IDisposable
{
    public const int Bytes = 64 << 10;

    public SmallDisk(string folder)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "a small file system is made with Linux's mount");
        Folder = Directory.CreateDirectory(folder).FullName;
        Skip.IfNot(Run("mount", "-t", "tmpfs", "-o", $"size={Bytes}", "tmpfs", Folder), "this user may not mount a small file system");
    }

    public string Folder { get; }

    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", Folder).Should().BeTrue();

    public void Dispose() => Run("umount", Folder).Should().BeTrue();

    private static bool Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
