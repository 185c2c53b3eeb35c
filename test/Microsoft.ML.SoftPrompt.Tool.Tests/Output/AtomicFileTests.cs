using Microsoft.ML.SoftPrompt.Tool.Output;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Output;

public sealed class AtomicFileTests
{
    [Fact]
    public void Replaces_the_destination_only_when_committed()
    {
        using var buffers = new Buffers();
        string path = buffers.Write("model.zip", "before");
        using (var abandoned = new AtomicFile(path))
            abandoned.Stream.Write("half"u8);
        File.ReadAllText(path).Should().Be("before");

        using (var file = new AtomicFile(path))
        {
            file.Stream.Write("after"u8);
            file.Commit();
        }

        File.ReadAllText(path).Should().Be("after");
        Directory.GetFiles(buffers.Folder).Should().Equal(path);
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_refused_when_it_is_opened()
    {
        using var buffers = new Buffers();

        FluentActions.Invoking(() => new AtomicFile(buffers.Path("missing/model.zip"))).Should().Throw<ToolException>().WithMessage("Cannot write '*model.zip': *Nothing was changed*");
        FluentActions.Invoking(() => new AtomicFile(buffers.Folder)).Should().Throw<ToolException>().WithMessage("Cannot write '*': it is a folder*");
    }

    [SkippableFact]
    public void A_device_is_never_replaced_and_a_link_stays_one()
    {
        Skip.If(OperatingSystem.IsWindows(), "links and devices of Unix");
        using var buffers = new Buffers();
        string target = buffers.Write("target.zip", "before"), link = buffers.Path("link.zip");
        File.CreateSymbolicLink(link, target);

        using (var file = new AtomicFile(link))
        {
            file.Stream.Write("after"u8);
            file.Commit();
        }

        File.ReadAllText(target).Should().Be("after");
        new FileInfo(link).LinkTarget.Should().Be(target);
        FluentActions.Invoking(() => new AtomicFile("/dev/null")).Should().Throw<ToolException>().WithMessage("*it is a device*");
    }
}
