using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.Persistence;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Streaming;

/// <summary>Tells models apart: the SHA-256 of what their stages learned. Of stages of others only the type is known.</summary>
internal static class ModelFingerprint
{
    public static string Of(ITransformer model)
    {
        using var learned = new MemoryStream();
        foreach (ITransformer stage in SoftPromptAnomalyTransformer.ScoringStages(model))
        {
            learned.Write(Encoding.UTF8.GetBytes(stage.GetType().FullName!));
            switch (stage)
            {
                case QuantizingTransformer quantizer:
                    JsonSerializer.Serialize(learned, quantizer.Fitted, ModelJson.Default.QuantizingModel);
                    break;
                case SoftPromptAnomalyTransformer { Model: var prompt }:
                    PromptFile.Write(learned, prompt.Learned.Weights);
                    JsonSerializer.Serialize(learned,
                        new Prompt(prompt.Pooling, prompt.LabelsPoints, prompt.BinCount, prompt.ScoreThreshold, prompt.Learned.Calibration, prompt.Backbone), ModelJson.Default.FingerprintPrompt);
                    break;
                case LstmAnomalyTransformer { Model: var lstm }:
                    LstmFile.Write(learned, lstm.Model.Network.Weights);
                    JsonSerializer.Serialize(learned, new Lstm(lstm.LabelsPoints, lstm.ScoreThreshold, lstm.Model.Values, lstm.Model.Times), ModelJson.Default.FingerprintLstm);
                    break;
            }
        }
        return Convert.ToHexStringLower(SHA256.HashData(learned.GetBuffer().AsSpan(0, (int)learned.Length)));
    }

    internal sealed record Prompt(SoftPromptPooling Pooling, bool LabelsPoints, int BinCount, float ScoreThreshold, PlattScaling? Calibration, BackboneFingerprint Backbone);

    internal sealed record Lstm(bool LabelsPoints, float ScoreThreshold, ValueScale Values, MeanDeviation Times);
}
