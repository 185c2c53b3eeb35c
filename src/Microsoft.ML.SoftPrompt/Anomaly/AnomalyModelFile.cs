using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Series;
using Microsoft.ML.SoftPrompt.Tensors;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>
/// The streams of a fitted detector: <c>model.json</c>, <c>prompt.safetensors</c>, and the backbone's own files where the model carries
/// them. docs/model-format.md describes them.
/// </summary>
internal static class AnomalyModelFile
{
    private const string Document = "model.json";

    /// <summary>The learned sizes and choices, and how the training went. There is no calibration where none was fitted, and in files of version 1, which knew none.</summary>
    internal sealed record ModelDocument(string FeatureColumnName, int PromptLength, int HiddenSize, int BinCount, SoftPromptPooling Pooling, LabelKind LabelKind,
        float ScoreThreshold, IReadOnlyList<string> BackboneFiles, TrainingSummary Training, PlattScaling? Calibration = null);

    public static void Write(ModelStreamWriter writer, SoftPromptModelParameters model, string featureColumnName, IBackbone? embedded)
    {
        var files = embedded is null ? null : EmbeddedBackbone.FilesOf(embedded);
        var learned = model.Learned;
        writer.WriteJson(Document, new ModelDocument(featureColumnName, learned.PromptLength, learned.HiddenSize, learned.BinCount, learned.Pooling,
            learned.LabelKind, learned.Threshold, files?.Names ?? [], model.Summary, learned.Calibration), ModelJson.Default.AnomalyModel);
        writer.Write(PromptFile.Name, stream => PromptFile.Write(stream, learned.Weights));
        if (files is not null)
            EmbeddedBackbone.Write(writer, files, model.Backbone);
    }

    public static (SoftPromptModelParameters Model, string FeatureColumnName, IBackbone Backbone, bool Embeds) Read(ModelStreamReader reader)
    {
        var document = reader.ReadJson(Document, ModelJson.Default.AnomalyModel);
        Check(document);
        bool embeds = document.BackboneFiles.Count > 0;
        var backbone = embeds
            ? EmbeddedBackbone.Read(reader, document.BackboneFiles, document.Training.Backbone, document.Training.BackbonePrecision)
            : BackboneLocator.Find(document.Training.Backbone, document.Training.BackbonePrecision);
        if (document.HiddenSize != backbone.HiddenSize || document.PromptLength > backbone.MaxPositions)
            throw Damaged($"a prompt of {document.PromptLength} rows of {document.HiddenSize}", $"rows of {backbone.HiddenSize}, at most {backbone.MaxPositions}, as its backbone {backbone.Fingerprint.Name} takes");
        SoftPromptWeights? weights = null;
        reader.Read(PromptFile.Name, stream => weights = PromptFile.Read(stream, PromptFile.Name, document.PromptLength, document.HiddenSize));
        var learned = new SoftPromptParameters(weights!, document.Pooling, document.LabelKind, document.BinCount, document.ScoreThreshold, document.Calibration);
        return (new SoftPromptModelParameters(learned, document.Training), document.FeatureColumnName, backbone, embeds);
    }

    private static void Check(ModelDocument document)
    {
        if (string.IsNullOrEmpty(document.FeatureColumnName))
            throw Damaged("an empty column name", "the tokens' column");
        if (document.BackboneFiles.Contains(null!) || document.Training.History.Contains(null!))
            throw Damaged("null in a list", "the names of the backbone's files, and what each epoch came to");
        if (document.PromptLength < 0 || document.HiddenSize < 1)
            throw Damaged($"a prompt of {document.PromptLength} rows of {document.HiddenSize}", "at least 0 rows of at least 1");
        if (document.BinCount is < BinSettings.MinimumBinCount or > Quantizer.MaximumTokenCount)
            throw Damaged($"{document.BinCount} bins", $"{BinSettings.MinimumBinCount} to {Quantizer.MaximumTokenCount}");
        if (!float.IsFinite(document.ScoreThreshold))
            throw Damaged($"the threshold {document.ScoreThreshold}", "a finite number");
        if (document.Calibration is { } calibration && !(calibration.Slope > 0 && double.IsFinite(calibration.Slope) && double.IsFinite(calibration.Offset)))
            throw Damaged($"the calibration {calibration.Slope} and {calibration.Offset}", "a slope above 0 and an offset, both finite");
        if (!Enum.IsDefined(document.Training.BackbonePrecision))
            throw Damaged($"backbonePrecision {document.Training.BackbonePrecision}", $"one of {string.Join(", ", Enum.GetNames<WeightPrecision>())}");
        if (!Enum.IsDefined(document.Pooling) || !Enum.IsDefined(document.LabelKind))
            throw Damaged($"pooling {document.Pooling} and label kind {document.LabelKind}", "known ones");
    }

    private static InvalidDataException Damaged(string found, string expected) =>
        new($"Stream '{Document}' of the model file names {found}; expected {expected}. The file is damaged, or was changed: save the model again.");
}
