using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Lstm;

/// <summary>The streams of a trained LSTM, <c>lstm.json</c> and <c>lstm.safetensors</c>. docs/model-format.md describes them.</summary>
internal static class LstmModelFile
{
    private const string Document = "lstm.json";

    /// <summary>The columns, the sizes, the scales of what goes in, and how the training went.</summary>
    internal sealed record ModelDocument(LstmColumnNames Columns, int HiddenSize, int Layers, LabelKind LabelKind, float ScoreThreshold, ValueScale Values, MeanDeviation Times, LstmSummary Training);

    public static void Write(ModelStreamWriter writer, LstmModelParameters model, LstmColumnNames names)
    {
        writer.WriteJson(Document, new ModelDocument(names, model.HiddenSize, model.Layers, model.Model.Network.LabelKind, model.ScoreThreshold, model.Model.Values, model.Model.Times, model.Summary),
            ModelJson.Default.LstmModel);
        writer.Write(LstmFile.Name, stream => LstmFile.Write(stream, model.Model.Network.Weights));
    }

    public static (LstmModelParameters Model, LstmColumnNames Names) Read(ModelStreamReader reader)
    {
        var document = reader.ReadJson(Document, ModelJson.Default.LstmModel);
        Check(document);
        LstmWeights? weights = null;
        reader.Read(LstmFile.Name, stream => weights = LstmFile.Read(stream, LstmFile.Name, new LstmShape(LstmModel.Inputs, document.HiddenSize, document.Layers)));
        var model = new LstmModel(new LstmNetwork(weights!, document.LabelKind), document.Values, document.Times);
        return (new LstmModelParameters(model, document.ScoreThreshold, document.Training), document.Columns);
    }

    private static void Check(ModelDocument document)
    {
        if (string.IsNullOrEmpty(document.Columns.Features) || document.Columns.Time is "" || document.Columns.Group is "")
            throw Damaged("an empty column name", "the columns' names");
        if (document.HiddenSize is < 1 or > LstmSettings.MaximumHiddenSize || document.Layers is < 1 or > LstmSettings.MaximumLayers)
            throw Damaged($"{document.Layers} layers of {document.HiddenSize} units", $"1 to {LstmSettings.MaximumLayers} of 1 to {LstmSettings.MaximumHiddenSize}");
        if (!Enum.IsDefined(document.LabelKind))
            throw Damaged($"label kind {document.LabelKind}", "a known one");
        if (!float.IsFinite(document.ScoreThreshold))
            throw Damaged($"the threshold {document.ScoreThreshold}", "a finite number");
        foreach (var scale in document.Values.Groups.Values.Append(document.Values.Whole).Append(document.Times))
            if (scale is null || !(double.IsFinite(scale.Mean) && scale.Deviation >= 0 && double.IsFinite(scale.Deviation)))
                throw Damaged($"the scale {(scale is null ? "null" : FormattableString.Invariant($"{scale.Mean} and {scale.Deviation}"))}", "a mean and a deviation of at least 0, both finite");
    }

    private static InvalidDataException Damaged(string found, string expected) =>
        new($"Stream '{Document}' of the model file names {found}; expected {expected}. The file is damaged, or was changed: save the model again.");
}
