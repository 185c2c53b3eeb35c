using Microsoft.ML.SoftPrompt.Tool.Benchmarks.Check;

namespace Microsoft.ML.SoftPrompt.Tool.Tests.Commands;

public sealed class DataCommandTests : IDisposable
{
    private readonly Buffers _buffers = new();

    public void Dispose() => _buffers.Dispose();

    [Fact]
    public void What_is_missing_is_named_with_where_it_is_published_and_its_licence()
    {
        Application.Run(["data", "check", _buffers.Folder], _buffers.Console).Should().Be(1);

        _buffers.Output.Should().Contain("nab: 0 of 19 files as published").And.Contain("nab/labels/combined_labels.json is missing").And.Contain("https://github.com/numenta/NAB; licence: MIT");
        _buffers.Output.Should().Contain("https://physionet.org/content/mimic-iv-demo/").And.Contain("and 104 more");
    }

    [Fact]
    public void A_file_that_differs_is_told_by_its_rows_or_else_its_bytes()
    {
        _buffers.Write("nasa/smap/A-1.train.csv", "value\n1\n2\n");
        _buffers.Write("nab/labels/combined_labels.json", "{}");

        Application.Run(["data", "check", _buffers.Folder], _buffers.Console).Should().Be(1);

        _buffers.Output.Should().Contain("A-1.train.csv has 2 rows, not 2,880").And.Contain("combined_labels.json differs");
    }

    [Fact]
    public void Whole_data_has_no_fault()
    {
        byte[] bytes = "a,b\n1,2\n"u8.ToArray();
        File.WriteAllBytes(_buffers.Path("x.csv"), bytes);

        new PublishedFile("x.csv", 1, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))).Fault(_buffers.Folder).Should().BeNull();
        PublishedSet.All().Select(set => set.Name).Should().Equal("nab", "nasa", "mimic-iii", "mimic-iv");
        PublishedSet.All().SelectMany(set => set.Files).Should().OnlyContain(file => file.Sha256.Length == 64 && (file.Rows > 0) == file.Path.EndsWith(".csv", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_answer()
    {
        Application.Run(["data", "check", _buffers.Path("none")], _buffers.Console).Should().Be(1);

        _buffers.Error.Should().Contain("There is no folder");
    }
}
