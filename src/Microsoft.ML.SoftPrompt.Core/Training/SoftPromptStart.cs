using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Where a training starts: prompt rows of the chosen kind, a head of small normal weights without bias, and the mean of the bins' rows for a missing value.</summary>
internal static class SoftPromptStart
{
    /// <summary>Makes the start that the settings ask for. A prompt learned before is not made here: it is handed to the training.</summary>
    /// <exception cref="InvalidOperationException">The prompt is to start from a text, and the backbone has no tokenizer or no piece for it.</exception>
    public static SoftPromptWeights Make(IBackbone backbone, TokenTable table, TrainingSettings settings, Random random)
    {
        float[] prompt = settings.Initialization switch
        {
            SoftPromptInitialization.Text => TextRows(backbone, settings.PromptLength, settings.InitializationText),
            SoftPromptInitialization.Random => RandomRows(backbone, settings.PromptLength, random),
            _ => VocabularyRows(backbone, settings.PromptLength, random),
        };
        var head = new float[backbone.HiddenSize];
        for (int i = 0; i < head.Length; i++)
            head[i] = (float)(TrainingDefaults.HeadDeviation * Normal(random));
        return new SoftPromptWeights(settings.PromptLength, backbone.HiddenSize, prompt, table.InitialMissingRow(), head, headBias: 0);
    }

    private static float[] VocabularyRows(IBackbone backbone, int promptLength, Random random) =>
        TokenRows(backbone, promptLength, _ => random.Next(backbone.VocabularySize));

    private static float[] TextRows(IBackbone backbone, int promptLength, string text)
    {
        if (!backbone.HasTokenizer)
            throw new InvalidOperationException($"The backbone {backbone.Fingerprint.Name} came without a tokenizer, so a prompt cannot start from a text; put its tokenizer files beside its weights, or start from the vocabulary.");
        IReadOnlyList<int> pieces = backbone.EncodeText(text);
        if (pieces.Count == 0)
            throw new InvalidOperationException($"The tokenizer of {backbone.Fingerprint.Name} has no piece for the text '{text}', so a prompt cannot start from it; use another text.");
        return TokenRows(backbone, promptLength, row => pieces[row % pieces.Count]);
    }

    private static float[] TokenRows(IBackbone backbone, int promptLength, Func<int, int> tokenOf)
    {
        int d = backbone.HiddenSize;
        var rows = new float[promptLength * d];
        for (int row = 0; row < promptLength; row++)
            backbone.CopyTokenRow(tokenOf(row), rows.AsSpan(row * d, d));
        return rows;
    }

    private static float[] RandomRows(IBackbone backbone, int promptLength, Random random)
    {
        double deviation = VocabularyDeviation(backbone);
        var rows = new float[promptLength * backbone.HiddenSize];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = (float)(deviation * Normal(random));
        return rows;
    }

    /// <summary>The standard deviation of all components of the vocabulary's rows, about their mean.</summary>
    private static double VocabularyDeviation(IBackbone backbone)
    {
        var row = new float[backbone.HiddenSize];
        double sum = 0;
        double squares = 0;
        for (int token = 0; token < backbone.VocabularySize; token++)
        {
            backbone.CopyTokenRow(token, row);
            foreach (float x in row)
            {
                sum += x;
                squares += (double)x * x;
            }
        }
        double count = (double)backbone.VocabularySize * row.Length;
        return Math.Sqrt(Math.Max(0, squares / count - sum / count * (sum / count)));
    }

    /// <summary>A standard normal number (Box and Muller, 1958).</summary>
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
