using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

public class TemporaryFileTests
{
    [Fact]
    public void Its_bytes_are_those_that_went_in_for_every_reader()
    {
        byte[] content = new byte[300_000];
        new Random(1).NextBytes(content);
        var file = new TemporaryFile(new MemoryStream(content));
        using Stream first = file.OpenRead(), second = file.OpenRead();
        first.Position = 299_990;
        var end = new byte[20];
        first.Read(end).Should().Be(10);
        end[..10].Should().Equal(content[299_990..]);
        using var copy = new MemoryStream();
        second.CopyTo(copy);
        copy.ToArray().Should().Equal(content);
        (first.Length, first.Position, first.Seek(-5, SeekOrigin.End)).Should().Be((300_000, 300_000, 299_995));
    }
}
