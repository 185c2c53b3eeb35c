using System.IO.Compression;
using System.Text;
using Microsoft.ML.SoftPrompt.Tests.Anomaly;

namespace Microsoft.ML.SoftPrompt.Tests.Persistence;

/// <summary>Model files that are not what they should be.</summary>
public sealed class ModelFileTests : IDisposable
{
    private const string Detector = "TransformerChain/Transform_001/";
    private static readonly Lazy<byte[]> Saved = new(Save);

    /// <summary>What version 1 wrote.</summary>
    private const string Version1 = """
        {
          "featureColumnName": "Tokens",
          "promptLength": 5,
          "hiddenSize": 48,
          "binCount": 10,
          "pooling": "Mean",
          "labelKind": "Series",
          "scoreThreshold": 0.25,
          "backboneFiles": [
            "config.json",
            "model.safetensors",
            "vocab.txt"
          ],
          "training": {
            "backbone": {
              "name": "tiny",
              "family": "bert",
              "layers": 3,
              "hiddenSize": 48,
              "vocabularySize": 300,
              "weightsSha256": "SHA256"
            },
            "truncatesLongSeries": false,
            "seed": 1,
            "bestEpoch": 2,
            "validationNote": "The last 2 of 12 rows choose the epoch and the threshold.",
            "validationMetrics": {
              "truePositives": 1,
              "falsePositives": 0,
              "trueNegatives": 1,
              "falseNegatives": 0,
              "areaUnderRoc": 1,
              "averagePrecision": 1
            },
            "history": [
              {
                "epoch": 1,
                "trainLoss": 0.704142049793323,
                "learningRate": 0.0225,
                "validationLoss": null,
                "validationAveragePrecision": null,
                "validationAuroc": null,
                "validationAccuracy": null
              },
              {
                "epoch": 2,
                "trainLoss": 0.6473940710459561,
                "learningRate": 0.0075,
                "validationLoss": 0.7,
                "validationAveragePrecision": 1,
                "validationAuroc": 1,
                "validationAccuracy": 0.5
              }
            ]
          }
        }
        """;

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("softprompt-").FullName, "model.zip");
    private readonly MLContext _ml = new();

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void The_file_holds_the_streams_that_the_docs_name()
    {
        using var zip = new ZipArchive(new MemoryStream(Saved.Value));

        zip.Entries.Select(e => e.FullName.Replace('\\', '/')).Should().Contain([
            "TransformerChain/Model.key", "TransformerChain/Transform_000/Model.key", "TransformerChain/Transform_000/quantizer.json",
            Detector + "Model.key", Detector + "model.json", Detector + "prompt.safetensors"]);
        zip.Entries.Sum(e => e.Length).Should().BeLessThan(1 << 20, "what is learned is small, and this test's backbone too");
    }

    [Fact]
    public void A_truncated_file_is_refused() =>
        Loading(Saved.Value[..(Saved.Value.Length / 2)]).Should().Throw<Exception>().Which.Should().Match(e => e is InvalidDataException || e is FormatException || e is InvalidOperationException);

    [Fact]
    public void A_foreign_zip_is_refused()
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        using (var writer = new StreamWriter(zip.CreateEntry("readme.txt").Open()))
            writer.Write("no model");

        Loading(buffer.ToArray()).Should().Throw<Exception>().Which.Should().Match(e => e is InvalidDataException || e is FormatException || e is InvalidOperationException);
    }

    [Fact]
    public void A_missing_stream_of_ours_is_named() =>
        Loading(Change(Detector + "prompt.safetensors", _ => null)).Should().Throw<Exception>().Where(e => Whole(e).Contains("no stream 'prompt.safetensors'"));

    [Fact]
    public void A_truncated_stream_of_ours_is_named() =>
        Loading(Change(Detector + "prompt.safetensors", bytes => bytes[..^5])).Should().Throw<Exception>().Where(e => Whole(e).Contains("prompt.safetensors"));

    [Fact]
    public void A_lying_header_of_the_prompt_is_refused() =>
        Loading(Change(Detector + "prompt.safetensors", bytes => [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, .. bytes[8..]]))
            .Should().Throw<Exception>().Where(e => Whole(e).Contains("prompt.safetensors") && Whole(e).Contains("header"));

    [Theory]
    [InlineData("\"promptLength\": 5", "\"promptLength\": 2000000000", "2000000000")]
    [InlineData("\"promptLength\": 5", "\"promptLength\": 6", "prompt.safetensors")]
    [InlineData("\"binCount\": 10", "\"binCount\": 1", "1 bins")]
    [InlineData("\"scoreThreshold\": 0", "\"scoreThreshold\": \"NaN\"", "NaN")]
    [InlineData("\"pooling\": \"Mean\"", "\"pooling\": \"Median\"", "model.json")]
    [InlineData("\"calibration\": null", "\"calibration\": { \"slope\": -1, \"offset\": 0 }", "the calibration -1 and 0")]
    [InlineData("\"calibration\": null", "\"calibration\": { \"slope\": 1 }", "model.json")]
    [InlineData("\"backbonePrecision\": \"Full\"", "\"backbonePrecision\": 7", "backbonePrecision 7")]
    [InlineData("\"backbonePrecision\": \"Full\"", "\"backbonePrecision\": \"Half\"", "model.json")]
    [InlineData("\"promptLength\": 5", "\"promptLength\": -1", "a prompt of -1 rows")]
    [InlineData("\"hiddenSize\": 48", "\"hidenSize\": 48", "model.json")]
    [InlineData("{", "[", "model.json")]
    public void A_document_that_lies_is_refused(string old, string changed, string named) =>
        Loading(Change(Detector + "model.json", bytes => Replace(bytes, old, changed))).Should().Throw<Exception>().Where(e => Whole(e).Contains(named));

    [Fact]
    public void A_file_of_version_1_is_read()
    {
        string sha256 = Text(Detector + "model.json").Split("\"weightsSha256\": \"")[1][..64];
        byte[] file = Change(Saved.Value, Detector + "model.json", _ => Encoding.UTF8.GetBytes(Version1.Replace("SHA256", sha256, StringComparison.Ordinal)));
        file = Change(file, Detector + "Model.key", bytes =>
        {
            int versions = bytes.AsSpan().IndexOf("SPANOMLY"u8) + 8;
            bytes[versions..(versions + 8)].Should().Equal([3, 0, 0, 0, 3, 0, 0, 0], "the header names the version written and the oldest reader's behind the signature");
            (bytes[versions], bytes[versions + 4]) = (1, 1);
            return bytes;
        });
        File.WriteAllBytes(_path, file);

        var model = ((IEnumerable<ITransformer>)_ml.Model.Load(_path, out _)).OfType<SoftPromptAnomalyTransformer>().Single().Model;

        (model.PromptLength, model.ScoreThreshold, model.IsCalibrated, model.TrainingHistory.Count, model.BestEpoch).Should().Be((5, 0.25f, false, 2, 2));
        model.DecisionThreshold.Should().BeApproximately(1 / (1 + Math.Exp(-0.25)), 1e-12);
    }

    [Fact]
    public void A_backbone_that_is_not_there_is_named_by_its_hash()
    {
        byte[] file = Change(Detector + "model.json", bytes => Replace(Replace(bytes, "\"weightsSha256\": \"", "\"weightsSha256\": \"0"), "\"config.json\",\n    \"model.safetensors\",\n    \"vocab.txt\"", ""));

        Loading(file).Should().Throw<Exception>().Where(e => Whole(e).Contains("SHA-256 0") && Whole(e).Contains("Microsoft.ML.SoftPrompt.MiniLM, which holds"));
    }

    [Theory]
    [InlineData("\"minimum\": 0", "\"minimum\": 10", "finite limits and edges in order")]
    [InlineData("\"minimum\": 0", "\"minimum\": \"NaN\"", "finite limits and edges in order")]
    [InlineData("\"maximum\": 1", "\"maximum\": 1, \"innerEdges\": [0.5]", "1 edges inside")]
    [InlineData("\"binning\": \"Uniform\"", "\"binning\": \"Quantile\"", "0 edges inside")]
    [InlineData("\"binning\": \"Uniform\"", "\"binning\": 7", "Binning is 7")]
    [InlineData("\"binCount\": 10", "\"binCount\": 1", "BinCount is 1")]
    [InlineData("\"upperQuantile\": 1", "\"upperQuantile\": 0", "UpperQuantile 0")]
    [InlineData("\"outsideValues\": \"EndBins\"", "\"outsideValues\": 9", "rule 9")]
    [InlineData("\"scaleEachSeries\": false", "\"scaleEachSeries\": true", "do not go with its scaling")]
    [InlineData("\"groups\": {}", "\"groups\": { \"a\": { \"minimum\": 0, \"maximum\": 1 } }", "do not go with its scaling")]
    [InlineData("\"groupColumnName\": null", "\"groupColumnName\": \"\"", "empty column name")]
    [InlineData("\"groups\": {}", "\"groups\": { \"a\": null }", "do not go with its scaling")]
    [InlineData("\"binning\"", "\"bining\"", "quantizer.json")]
    public void A_quantizer_that_lies_is_refused(string old, string changed, string named) =>
        Loading(Change("TransformerChain/Transform_000/quantizer.json", bytes => Replace(bytes, old, changed))).Should().Throw<Exception>().Where(e => Whole(e).Contains(named));

    private static byte[] Save()
    {
        var ml = new MLContext(seed: 1);
        var options = ToySeries.Options(1);
        options.ValidationFraction = 0;
        Window[] windows = [.. ToySeries.Windows(8), new Window { Series = [0, 1] }];
        var view = ml.Data.LoadFromEnumerable(windows);
        var model = ml.Transforms.QuantizeSeries("Tokens", "Series", 10).Append(ml.AnomalyDetection.Trainers.SoftPrompt(options)).Fit(view);
        using var stream = new MemoryStream();
        ml.Model.Save(model, view.Schema, stream);
        return stream.ToArray();
    }

    private static string Text(string entry)
    {
        using var zip = new ZipArchive(new MemoryStream(Saved.Value));
        using var reader = new StreamReader(zip.Entries.Single(e => e.FullName.Replace('\\', '/') == entry).Open());
        return reader.ReadToEnd();
    }

    private static byte[] Change(string entry, Func<byte[], byte[]?> change) => Change(Saved.Value, entry, change);

    /// <summary>The file with an entry changed, or left out where null is given back.</summary>
    internal static byte[] Change(byte[] file, string entry, Func<byte[], byte[]?> change)
    {
        using var buffer = new MemoryStream();
        using (var from = new ZipArchive(new MemoryStream(file)))
        using (var to = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var old in from.Entries)
            {
                using var content = new MemoryStream();
                using (var stream = old.Open())
                    stream.CopyTo(content);
                byte[]? bytes = old.FullName.Replace('\\', '/') == entry ? change(content.ToArray()) : content.ToArray();
                if (bytes is null)
                    continue;
                using var written = to.CreateEntry(old.FullName).Open();
                written.Write(bytes);
            }
        return buffer.ToArray();
    }

    internal static byte[] Replace(byte[] bytes, string old, string changed)
    {
        string text = Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal);
        text.Should().Contain(old, "the test changes what is there");
        return Encoding.UTF8.GetBytes(text.Replace(old, changed, StringComparison.Ordinal));
    }

    private static string Whole(Exception e) => e.ToString();

    private Action Loading(byte[] file)
    {
        File.WriteAllBytes(_path, file);
        return () => _ml.Model.Load(_path, out _);
    }
}
