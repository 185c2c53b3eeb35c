using System.IO.Compression;
using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Tests.Anomaly;

public sealed class EmbeddedBackboneTests : IDisposable
{
    private const string First = "model-00001-of-00002.safetensors", Second = "model-00002-of-00002.safetensors";

    private readonly string _folder = TinyBackbone.Make();
    private readonly MLContext _ml = new(seed: 1);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_carries_the_index_and_the_shards()
    {
        ModelFolder.CutIntoShards(_folder);
        using var zip = new ZipArchive(new MemoryStream(Save(Fit())));
        zip.Entries.Select(e => e.Name).Where(name => name.StartsWith("backbone.", StringComparison.Ordinal))
            .Should().BeEquivalentTo("backbone.config.json", "backbone.model.safetensors.index.json", "backbone." + First, "backbone." + Second, "backbone.vocab.txt");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_that_changed_since_the_training_are_not_saved(bool inShards)
    {
        if (inShards)
            ModelFolder.CutIntoShards(_folder);
        var model = Fit();
        string weights = Path.Combine(_folder, inShards ? Second : "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        Action save = () => Save(model);
        save.Should().Throw<InvalidOperationException>().WithMessage($"*{weights}' changed since the model was trained: the SHA-256 is *, and was *");
    }

    private (ITransformer Model, DataViewSchema Schema) Fit()
    {
        var options = ToySeries.Options(1);
        (options.BackbonePath, options.ValidationFraction) = (_folder, 0);
        var view = _ml.Data.LoadFromEnumerable(ToySeries.Windows(8));
        return (_ml.Transforms.QuantizeSeries("Tokens", "Series", 10).Append(_ml.AnomalyDetection.Trainers.SoftPrompt(options)).Fit(view), view.Schema);
    }

    private byte[] Save((ITransformer Model, DataViewSchema Schema) fitted)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(fitted.Model, fitted.Schema, stream);
        return stream.ToArray();
    }
}
