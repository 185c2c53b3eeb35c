using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>The prompt, learned before, that a training goes on from.</summary>
internal static class InitialPrompt
{
    /// <summary>Gives what the options name; nothing where the prompt starts otherwise.</summary>
    /// <exception cref="InvalidOperationException">It is of another size, or was learned in front of another backbone.</exception>
    public static SoftPromptWeights? Of(SoftPromptAnomalyTrainer.Options options, IBackbone backbone)
    {
        if (options.Initialization != SoftPromptInitialization.Prompt)
            return null;
        if (options.InitializationModel is { } model && !model.Backbone.Matches(backbone.Fingerprint))
            throw new InvalidOperationException($"The prompt of {nameof(options.InitializationModel)} was learned in front of the backbone {model.Backbone.Name} (SHA-256 {model.Backbone.WeightsSha256}), and this training has {backbone.Fingerprint.Name} (SHA-256 {backbone.Fingerprint.WeightsSha256}). Train in front of the same backbone.");
        if (options.InitializationPath is { } path && !File.Exists(path))
            throw new FileNotFoundException($"There is no file '{path}' ({nameof(options.InitializationPath)}); expected a prompt that Model.SavePrompt wrote.", path);
        var weights = options.InitializationModel?.Learned.Weights ?? PromptFile.Read(options.InitializationPath!);
        if (weights.PromptLength != options.PromptLength || weights.HiddenSize != backbone.HiddenSize)
            throw new InvalidOperationException($"The prompt of {options.InitializationPath ?? nameof(options.InitializationModel)} has {weights.PromptLength} rows of {weights.HiddenSize}; expected {options.PromptLength} (PromptLength) of {backbone.HiddenSize} (the backbone {backbone.Fingerprint.Name}). Set PromptLength to {weights.PromptLength}, or use a prompt learned in front of that backbone.");
        return weights;
    }
}
