using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>The rows that judge what was learned after every epoch.</summary>
internal sealed class ValidationRows
{
    private readonly IReadOnlyList<TrainingExample> _examples;
    private readonly ReadOnlyMemory<uint>[] _series;
    private readonly FocalLoss _loss;

    public ValidationRows(IReadOnlyList<TrainingExample> examples, FocalLoss loss)
    {
        (_examples, _loss) = (examples, loss);
        _series = examples.Select(e => e.Tokens).ToArray();
        HasBothClasses = examples.Any(e => e.HasAnomaly) && examples.Any(e => e.HasNormal);
    }

    /// <summary>Without both classes no metric says which epoch is better.</summary>
    public bool HasBothClasses { get; }

    /// <summary>Scores the rows with an epoch's parameters.</summary>
    /// <exception cref="InvalidOperationException">A logit is not finite.</exception>
    public ValidatedEpoch Validate(int epoch, IBackbone backbone, TokenTable table, SoftPromptParameters parameters, CancellationToken cancellation)
    {
        var logits = new float[_examples.Sum(e => e.Labels.Length)];
        new SoftPromptScorer(backbone, table, parameters).Score(_series, logits, cancellation);

        var labels = new bool[logits.Length];
        double loss = 0;
        double totalWeight = 0;
        int next = 0;
        foreach (TrainingExample example in _examples)
            foreach (float label in example.Labels.Span)
            {
                if (!float.IsFinite(logits[next]))
                    throw new InvalidOperationException($"A validation logit is {logits[next]} after epoch {epoch}; training stopped. "
                        + "Lower the learning rates of the prompt and the head, and check the backbone's weights.");
                loss += example.Weight * _loss.Loss(logits[next], label);
                totalWeight += example.Weight;
                labels[next++] = label == 1;
            }
        double[] scores = Array.ConvertAll(logits, z => (double)z);
        return new ValidatedEpoch(epoch, scores, labels, totalWeight > 0 ? loss / totalWeight : 0, BinaryMetrics.Compute(scores, labels, threshold: 0));
    }
}
