using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Where a training starts.</summary>
internal static class SoftPromptStart
{
    /// <summary>
    /// Prompt rows that are rows of tokens sampled from the vocabulary (Lester et al., 2021: random rows learn far less), a head of small
    /// normal weights without bias, and the mean of the bins' rows for a missing value.
    /// </summary>
    public static SoftPromptWeights FromVocabulary(IBackbone backbone, TokenTable table, int promptLength, Random random)
    {
        int d = backbone.HiddenSize;
        var prompt = new float[promptLength * d];
        for (int row = 0; row < promptLength; row++)
            backbone.CopyTokenRow(random.Next(backbone.VocabularySize), prompt.AsSpan(row * d, d));
        var head = new float[d];
        for (int i = 0; i < d; i++)
            head[i] = (float)(TrainingDefaults.HeadDeviation * Normal(random));
        return new SoftPromptWeights(promptLength, d, prompt, table.InitialMissingRow(), head, headBias: 0);
    }

    /// <summary>A standard normal number (Box and Muller, 1958).</summary>
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
