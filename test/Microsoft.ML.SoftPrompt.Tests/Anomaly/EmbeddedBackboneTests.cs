using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Tensors;

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

    [Theory]
    [InlineData(WeightPrecision.Full)]
    [InlineData(WeightPrecision.BFloat16)]
    [InlineData(WeightPrecision.EightBit)]
    public void A_model_that_carries_its_backbone_opens_it_in_the_precision_that_it_was_trained_in_front_of(WeightPrecision precision)
    {
        MakeWeightsUnique(1 + (int)precision);
        // The same weights are open in another precision.
        IBackbone other = Backbone.Open(_folder, precision == WeightPrecision.Full ? WeightPrecision.BFloat16 : WeightPrecision.Full);
        var fitted = Fit(precision);
        var loaded = _ml.Model.Load(new MemoryStream(Save(fitted)), out _);

        Parameters(loaded).BackbonePrecision.Should().Be(precision);
        Parameters(loaded).Backbone.Should().Be(other.Fingerprint);
        Scores(loaded).Should().Equal(Scores(fitted.Model));
        var again = _ml.Model.Load(new MemoryStream(Save((loaded, fitted.Schema))), out _);
        (Parameters(again).BackbonePrecision, Scores(again)[0]).Should().Be((precision, Scores(fitted.Model)[0]));
    }

    [Fact]
    public void A_model_without_its_backbone_takes_the_one_that_is_open_in_its_precision_else_in_another()
    {
        MakeWeightsUnique(8);
        IBackbone full = Backbone.Open(_folder), narrow = Backbone.Open(_folder, WeightPrecision.EightBit);
        var fitted = Fit(WeightPrecision.EightBit, embed: false);
        Scores(_ml.Model.Load(new MemoryStream(Save(fitted)), out _)).Should().Equal(Scores(fitted.Model));

        BackboneLocator.Find(full.Fingerprint, WeightPrecision.EightBit).Should().BeSameAs(narrow);
        BackboneLocator.Find(full.Fingerprint, WeightPrecision.Full).Should().BeSameAs(full);
        BackboneLocator.Find(full.Fingerprint, WeightPrecision.BFloat16).Should().Match<IBackbone>(found => found == full || found == narrow);
    }

    /// <summary>Other tests have the tiny model open at the same time: changes the last bits of a weight.</summary>
    private void MakeWeightsUnique(int by)
    {
        string weights = Path.Combine(_folder, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^4] ^= (byte)by;
        File.WriteAllBytes(weights, bytes);
    }

    private static SoftPromptModelParameters Parameters(ITransformer model) => ((IEnumerable<ITransformer>)model).OfType<SoftPromptAnomalyTransformer>().Single().Model;

    private float[] Scores(ITransformer model) => [.. model.Transform(_ml.Data.LoadFromEnumerable(ToySeries.Windows(8))).GetColumn<float>("Score")];

    private (ITransformer Model, DataViewSchema Schema) Fit(WeightPrecision precision = WeightPrecision.Full, bool? embed = null)
    {
        var options = ToySeries.Options(1);
        (options.BackbonePath, options.BackbonePrecision, options.EmbedBackbone, options.ValidationFraction) = (_folder, precision, embed, 0);
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
