using Microsoft.ML.SoftPrompt.Tests.Anomaly;
using Microsoft.ML.SoftPrompt.Tests.Persistence;

namespace Microsoft.ML.SoftPrompt.Tests.Lstm;

/// <summary>Files of an LSTM that are not what they should be.</summary>
public sealed class LstmModelFileTests
{
    private const string Folder = "TransformerChain/";
    private static readonly Lazy<byte[]> Saved = new(Save);

    [Theory]
    [InlineData("\"hiddenSize\": 10", "\"hiddenSize\": 11", "lstm.safetensors")]
    [InlineData("\"hiddenSize\": 10", "\"hiddenSize\": 2000000000", "2000000000 units")]
    [InlineData("\"layers\": 2", "\"layers\": 0", "0 layers")]
    [InlineData("\"layers\": 2", "\"layers\": 1", "it has a tensor")]
    [InlineData("\"labelKind\": \"Series\"", "\"labelKind\": 7", "label kind 7")]
    [InlineData("\"scoreThreshold\": 0", "\"scoreThreshold\": \"NaN\"", "NaN")]
    [InlineData("\"features\": \"Series\"", "\"features\": \"\"", "empty column name")]
    [InlineData("\"features\": \"Series\"", "\"features\": null", "lstm.json")]
    [InlineData("\"groups\": {", "\"groups\": { \"a\": null, ", "the scale null")]
    [InlineData("\"groups\": {", "\"groups\": { \"a\": { \"mean\": 0, \"deviation\": -1 }, ", "the scale 0 and -1")]
    [InlineData("\"groups\": {", "\"groups\": { \"a\": { \"mean\": 0 }, ", "lstm.json")]
    [InlineData("\"layers\"", "\"leyers\"", "lstm.json")]
    public void A_document_that_lies_is_refused(string old, string changed, string named) =>
        Loading(ModelFileTests.Change(Saved.Value, Folder + "lstm.json", bytes => ModelFileTests.Replace(bytes, old, changed))).Should().Throw<Exception>().Where(e => e.ToString().Contains(named));

    [Fact]
    public void Weights_that_are_missing_cut_short_or_not_finite_are_refused()
    {
        Change(_ => null).Should().Throw<Exception>().Where(e => e.ToString().Contains("no stream 'lstm.safetensors'"));
        Change(bytes => bytes[..^5]).Should().Throw<Exception>().Where(e => e.ToString().Contains("lstm.safetensors"));
        Change(bytes => [.. bytes[..^4], 0, 0, 0xc0, 0x7f]).Should().Throw<Exception>().Where(e => e.ToString().Contains("'head.bias' holds NaN"));

        static Action Change(Func<byte[], byte[]?> change) => Loading(ModelFileTests.Change(Saved.Value, Folder + "lstm.safetensors", change));
    }

    [Fact]
    public void What_was_learned_comes_back()
    {
        var ml = new MLContext();
        var loaded = (LstmAnomalyTransformer)ml.Model.Load(new MemoryStream(Saved.Value), out _);

        (loaded.FeatureColumnName, loaded.Model.HiddenSize, loaded.Model.Layers, loaded.Model.Seed, loaded.Model.BestEpoch).Should().Be(("Series", 10, 2, 1, 2));
        loaded.Model.TrainingHistory.Should().HaveCount(2);
        loaded.Model.ValidationNote.Should().Contain("switched off");
    }

    private static Action Loading(byte[] file) => () => new MLContext().Model.Load(new MemoryStream(file), out _);

    private static byte[] Save()
    {
        var ml = new MLContext(seed: 1);
        var view = ml.Data.LoadFromEnumerable(ToySeries.Windows(12));
        using var stream = new MemoryStream();
        ml.Model.Save(ml.AnomalyDetection.Trainers.Lstm(ToyLstm.Options()).Fit(view), view.Schema, stream);
        return stream.ToArray();
    }
}
