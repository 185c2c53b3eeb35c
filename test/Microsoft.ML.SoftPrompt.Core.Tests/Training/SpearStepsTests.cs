using Microsoft.ML.SoftPrompt.Backbones;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Six steps of SPEAR on a small BERT against PyTorch's in double precision.</summary>
public sealed class SpearStepsTests
{
    /// <summary>Largest error over the largest magnitude of each tensor, in single precision.</summary>
    private const double Tolerance = 1e-4;

    private const int Steps = 6;
    private const int BatchSize = 4;
    private const int LongestSeries = 30;

    [Theory]
    [InlineData("mean")]
    [InlineData("last")]
    [InlineData("point")]
    public void Losses_logits_and_prompts_are_those_of_PyTorch(string variant)
    {
        var golden = new GoldenCase($"spear/steps_{variant}.safetensors");
        IBackbone backbone = Backbone.Open(Golden.PathOf("backbones/bert"));
        LabelKind labelKind = variant == "point" ? LabelKind.Point : LabelKind.Series;
        var settings = new TrainingSettings
        {
            PromptLearningRate = 0.05, HeadLearningRate = 0.01, WeightDecay = 0.01,
            Pooling = variant == "last" ? SoftPromptPooling.Last : SoftPromptPooling.Mean,
        };
        float[] prompt = golden.Singles("prompt_embeddings.initial");
        int promptLength = prompt.Length / backbone.HiddenSize;
        var start = new SoftPromptWeights(promptLength, backbone.HiddenSize, prompt, new float[backbone.HiddenSize],
            golden.Singles("head.weight.initial"), golden.Singles("head.bias.initial")[0]);
        // The reference feeds token ids themselves: token k is the id k − 1.
        TokenTable table = TokenTable.FromPieces(backbone, Enumerable.Range(0, backbone.VocabularySize).Select(id => new[] { id }).ToArray());
        var schedule = new LearningRateSchedule(Steps, WarmUpSteps: 2);
        var step = new SoftPromptTrainingStep(backbone, table, labelKind, settings, start, trainsMissingRow: false);

        int[] ids = golden.Integers("token_ids");
        int[] lengths = golden.Integers("lengths");
        float[] labels = golden.Singles("labels");
        var losses = new List<float>();
        var logits = new List<float>();
        var prompts = new List<float>();
        for (int s = 0; s < Steps; s++)
        {
            TrainingExample[] batch = Enumerable.Range(s * BatchSize, BatchSize).Select(row => new TrainingExample(
                ids.Skip(row * LongestSeries).Take(lengths[row]).Select(id => (uint)id + 1).ToArray(),
                labelKind == LabelKind.Point ? labels.Skip(row * LongestSeries).Take(lengths[row]).ToArray() : [labels[row]])).ToArray();
            losses.Add((float)step.Run(batch, schedule.Factor(s)));
            prompts.AddRange(step.Weights.Prompt.ToArray());
            if (labelKind == LabelKind.Series)
                logits.AddRange(step.Logits.ToArray());
            else
                for (int i = 0, at = 0; i < BatchSize; at += lengths[s * BatchSize + i], i++)
                    logits.AddRange([.. step.Logits.Slice(at, lengths[s * BatchSize + i]), .. new float[LongestSeries - lengths[s * BatchSize + i]]]);
        }

        Compare(losses, "losses");
        Compare(logits, "logits");
        for (int s = 0; s < Steps; s++)
            Compare(prompts.Skip(s * prompt.Length).Take(prompt.Length), "prompts_after_step", s * prompt.Length);
        Compare(step.Weights.HeadWeight.ToArray(), "head.weight.final");
        Compare([step.Weights.HeadBias], "head.bias.final");

        void Compare(IEnumerable<float> actual, string name, int offset = 0)
        {
            float[] found = actual.ToArray();
            GoldenCase.RelativeError(found, golden.Singles(name).AsSpan(offset, found.Length)).Should().BeLessThanOrEqualTo(Tolerance, $"of {name} at {offset}");
        }
    }
}
