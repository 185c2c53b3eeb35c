namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Small data sets for the training's tests.</summary>
internal static class Examples
{
    /// <summary>Series of 3 to 12 tokens of 10 bins; an anomalous one holds the highest bin at one place, which is its anomalous point.</summary>
    public static TrainingExample[] Spikes(int count, LabelKind labelKind, int seed, bool withMissing = false)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(i =>
        {
            var tokens = new uint[random.Next(3, 13)];
            for (int t = 0; t < tokens.Length; t++)
                tokens[t] = (uint)random.Next(withMissing ? 0 : 1, 8);
            var points = new float[tokens.Length];
            if (i % 2 == 1)
            {
                int at = random.Next(tokens.Length);
                tokens[at] = 10;
                points[at] = 1;
            }
            return new TrainingExample(tokens, labelKind == LabelKind.Point ? points : new[] { (float)(i % 2) });
        }).ToArray();
    }

    public static SoftPromptWeights Start(MixingBackbone backbone, TokenTable table, int promptLength = 4, int seed = 5) =>
        SoftPromptStart.Make(backbone, table, new TrainingSettings { PromptLength = promptLength }, new Random(seed));
}
