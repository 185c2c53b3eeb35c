namespace Microsoft.ML.SoftPrompt.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("softprompt-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Replaces_the_destination_only_when_committed()
    {
        string path = Write("model.zip", "before");
        using (var abandoned = new AtomicFile(path))
            abandoned.Stream.Write("half"u8);
        File.ReadAllText(path).Should().Be("before");

        using (var file = new AtomicFile(path))
        {
            file.Stream.Write("after"u8);
            file.Commit();
        }

        File.ReadAllText(path).Should().Be("after");
        Directory.GetFiles(_folder).Should().Equal(path);
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_refused_when_it_is_opened()
    {
        FluentActions.Invoking(() => new AtomicFile(InFolder("missing/model.zip"))).Should().Throw<IOException>().WithMessage($"Cannot write '*model.zip': there is no folder '{InFolder("missing")}'. Nothing was changed*");
        FluentActions.Invoking(() => new AtomicFile(_folder)).Should().Throw<IOException>().WithMessage("Cannot write '*': it is a folder*");
    }

    [SkippableTheory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)]
    public void A_file_has_the_permissions_of_the_one_that_it_replaces(UnixFileMode permissions)
    {
        if (OperatingSystem.IsWindows())
            throw new SkipException("permissions of Unix");
        string path = Write("model.zip", "before");
        File.SetUnixFileMode(path, permissions);

        using (var file = new AtomicFile(path))
        {
            File.GetUnixFileMode(file.Stream.Name).Should().Be(permissions);
            file.Commit();
        }

        File.GetUnixFileMode(path).Should().Be(permissions);
    }

    [SkippableFact]
    public void A_device_is_never_replaced_and_a_link_stays_one()
    {
        Skip.If(OperatingSystem.IsWindows(), "links and devices of Unix");
        string target = Write("target.zip", "before"), link = InFolder("link.zip");
        File.CreateSymbolicLink(link, target);

        using (var file = new AtomicFile(link))
        {
            file.Stream.Write("after"u8);
            file.Commit();
        }

        File.ReadAllText(target).Should().Be("after");
        new FileInfo(link).LinkTarget.Should().Be(target);
        File.CreateSymbolicLink(InFolder("null.zip"), "/dev/null");
        foreach (string device in new[] { "/dev/null", InFolder("null.zip") })
            FluentActions.Invoking(() => new AtomicFile(device)).Should().Throw<IOException>().WithMessage($"Cannot write '{device}': it is a device*");
    }

    [Fact]
    public void Leftovers_of_a_kill_are_deleted_and_nothing_else_is()
    {
        string path = InFolder("model.zip");
        string leftover = Old(Leftovers.NewName(path)), recent = Leftovers.NewName(path), open = Old(Leftovers.NewName(path));
        File.WriteAllText(recent, "");
        string[] others =
        [
            Old(Leftovers.NewName(InFolder("other.zip"))), Old(InFolder("model.zip.softprompt-mine.tmp")), Old(InFolder("model.zip.tmp")),
            Old(InFolder($"model.zip.softprompt-{Guid.NewGuid():N}.tmp.zip")), Old(InFolder($"my model.zip.softprompt-{Guid.NewGuid():N}.tmp")),
        ];

        using (File.Open(open, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            File.SetLastWriteTimeUtc(open, DateTime.UtcNow.AddDays(-1));
            using var file = new AtomicFile(path);
            file.Commit();
        }

        Directory.GetFiles(_folder).Should().BeEquivalentTo([path, recent, open, .. others]);
        File.Exists(leftover).Should().BeFalse();

        string Old(string name)
        {
            File.WriteAllText(name, "");
            File.SetLastWriteTimeUtc(name, DateTime.UtcNow.AddHours(-2));
            return name;
        }
    }

    [SkippableFact]
    public void A_full_disk_loses_nothing_that_was_there()
    {
        using var disk = new SmallDisk(InFolder("disk"));
        string path = Path.Join(disk.Folder, "model.zip");
        File.WriteAllText(path, "before");

        FluentActions.Invoking(() =>
        {
            using var file = new AtomicFile(path);
            file.Stream.Write(new byte[2 * SmallDisk.Bytes]);
            file.Commit();
        }).Should().Throw<IOException>();

        File.ReadAllText(path).Should().Be("before");
        Directory.GetFiles(disk.Folder).Should().Equal(path);
    }

    [SkippableFact]
    public void A_folder_that_may_not_be_written_is_refused_and_keeps_what_it_has()
    {
        using var disk = new SmallDisk(InFolder("disk"));
        string path = Path.Join(disk.Folder, "model.zip");
        File.WriteAllText(path, "before");
        disk.MakeReadOnly();

        FluentActions.Invoking(() => new AtomicFile(path)).Should().Throw<IOException>().WithMessage("Cannot write '*model.zip': *Nothing was changed*");
        FluentActions.Invoking(() => new AtomicFile(path + ".new")).Should().Throw<IOException>().WithMessage("Cannot write '*model.zip.new': *Nothing was changed*");

        File.ReadAllText(path).Should().Be("before");
    }

    private string InFolder(string name) => Path.Join(_folder, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(InFolder(name), text);
        return InFolder(name);
    }
}
