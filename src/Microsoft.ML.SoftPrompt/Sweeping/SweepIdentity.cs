using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Persistence;

namespace Microsoft.ML.SoftPrompt.Sweeping;

/// <summary>What makes a sweep what it is, by name and in words: with the same, every trial comes out the same.</summary>
internal static class SweepIdentity
{
    // Where the backbone lies does not matter, its weights do; the rest are set by the sweep.
    private static readonly HashSet<string> NotSettings = [nameof(SoftPromptAnomalyTrainer.Options.BackbonePath), nameof(SoftPromptAnomalyTrainer.Options.Seed)];

    public static IReadOnlyDictionary<string, string> Of(SoftPromptSweep.Options options, IBackbone backbone, LabeledReadings train, LabeledReadings validation)
    {
        var identity = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Strategy"] = options.Strategy.ToString(),
            ["Seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["PointLabels"] = options.PointLabels.ToString(),
            ["NeighbourCount"] = options.NeighbourCount.ToString(CultureInfo.InvariantCulture),
            ["GroupColumnName"] = options.GroupColumnName ?? "none",
            ["TrainingReadings"] = train.Fingerprint,
            ["ValidationReadings"] = validation.Fingerprint,
            ["Backbone"] = backbone.Fingerprint.WeightsSha256,
        };
        // Of other strategies a larger budget goes on with more trials; here it would change who is pruned.
        if (options.Strategy == SweepStrategy.SuccessiveHalving)
        {
            identity["Trials"] = (options.Trials ?? SoftPromptSweep.Options.DefaultTrials).ToString(CultureInfo.InvariantCulture);
            identity["HalvingRate"] = options.HalvingRate.ToString(CultureInfo.InvariantCulture);
        }
        foreach ((string name, string text) in options.Space.Describe())
            identity[name] = text;
        foreach (JsonProperty setting in JsonSerializer.SerializeToElement(options.Trainer, ModelJson.Default.TrainerOptions).EnumerateObject())
            if (!NotSettings.Contains(setting.Name, StringComparer.OrdinalIgnoreCase) && !identity.Keys.Contains(setting.Name, StringComparer.OrdinalIgnoreCase))
                identity["Trainer." + setting.Name] = setting.Value.ToString();
        if (options.Trainer.InitializationModel is { } start)
        {
            using var prompt = new MemoryStream();
            start.SavePrompt(prompt);
            identity["Trainer.initializationModel"] = Convert.ToHexStringLower(SHA256.HashData(prompt.ToArray()));
        }
        return identity;
    }
}
