using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

/// <summary>Files of a quantizer's first version, which had one way to scale and to cut bins.</summary>
public sealed class QuantizerVersion1Tests
{
    // As version 1 wrote it, of the rows of "small": 0, 1, NaN and of "large": −3.5, 100.
    private const string Version1 = """
        {
          "outputColumnName": "Features",
          "inputColumnName": "Series",
          "groupColumnName": "Host",
          "binCount": 10,
          "ranges": {
            "whole": {
              "minimum": -3.5,
              "maximum": 100
            },
            "groups": {
              "small": {
                "minimum": 0,
                "maximum": 1
              },
              "large": {
                "minimum": -3.5,
                "maximum": 100
              }
            }
          }
        }
        """;

    private readonly MLContext _ml = new();

    [Fact]
    public void A_file_of_version_1_still_loads()
    {
        using var file = Version1File();

        var quantizer = (QuantizingTransformer)_ml.Model.Load(file, out _);

        (quantizer.BinCount, quantizer.Minimum, quantizer.Maximum).Should().Be((10, -3.5f, 100));
        quantizer.Groups.Should().BeEquivalentTo("small", "large");
        Query[] rows = [new() { Host = "small", Series = [0, 0.35f, 1, float.NaN, -1, 2] }, new() { Host = "large", Series = [-3.5f, 100] }, new() { Host = "new", Series = [49] }];
        var view = quantizer.Transform(_ml.Data.LoadFromEnumerable(rows));
        _ml.Data.CreateEnumerable<Tokens>(view, reuseRowObject: false).Select(row => string.Join(" ", row.Features)).Should().Equal("1 4 10 0 1 10", "1 10", "6");
    }

    [Fact]
    public void A_group_without_a_range_is_refused()
    {
        using var file = Version1File(Version1.Replace("{\n        \"minimum\": 0,\n        \"maximum\": 1\n      }".ReplaceLineEndings(), "null", StringComparison.Ordinal));

        FluentActions.Invoking(() => _ml.Model.Load(file, out _)).Should().Throw<Exception>().Where(e => e.ToString().Contains("no range for group 'small'"));
    }

    /// <summary>A file saved now, with version 1's document and version number in the place of today's.</summary>
    private MemoryStream Version1File(string document = Version1)
    {
        var view = _ml.Data.LoadFromEnumerable(new Query[] { new() { Series = [0, 1] } });
        using var saved = new MemoryStream();
        _ml.Model.Save(_ml.Transforms.QuantizeSeries("Features", "Series", 10, "Host").Fit(view), view.Schema, saved);
        var file = new MemoryStream();
        using (var from = new ZipArchive(saved))
        using (var to = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var entry in from.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = entry.Open())
                    stream.CopyTo(content);
                using var written = to.CreateEntry(entry.FullName).Open();
                written.Write(entry.Name switch
                {
                    "quantizer.json" => Encoding.UTF8.GetBytes(document),
                    "Model.key" => WithVersion1(content.ToArray()),
                    _ => content.ToArray(),
                });
            }
        file.Position = 0;
        return file;
    }

    /// <summary>In ML.NET's header the version written and the version needed stand behind the model signature, four bytes each.</summary>
    private static byte[] WithVersion1(byte[] header)
    {
        int at = header.AsSpan().IndexOf("SPQUANTZ"u8) + 8;
        BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(at)).Should().Be(2);
        foreach (int version in new[] { at, at + 4 })
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(version), 1);
        return header;
    }

    private sealed class Tokens
    {
        public uint[] Features { get; set; } = [];
    }
}
