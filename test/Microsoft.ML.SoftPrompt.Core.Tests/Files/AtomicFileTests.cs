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
        FluentActions.Invoking(() => new AtomicFile(InFolder("missing/model.zip"))).Should().Throw<IOException>().WithMessage("Cannot write '*model.zip': *Nothing was changed*");
        FluentActions.Invoking(() => new AtomicFile(_folder)).Should().Throw<IOException>().WithMessage("Cannot write '*': it is a folder*");
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
        FluentActions.Invoking(() => new AtomicFile("/dev/null")).Should().Throw<IOException>().WithMessage("*it is a device*");
    }

    private string InFolder(string name) => Path.Join(_folder, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(InFolder(name), text);
        return InFolder(name);
    }
}
