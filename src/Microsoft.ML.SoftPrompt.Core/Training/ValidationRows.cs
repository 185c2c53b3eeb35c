using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.Evaluation;

namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>The rows that judge what was learned after every epoch.</summary>
internal sealed class ValidationRows
{
    private readonly ReadOnlyMemory<uint>[] _series;
    private readonly FocalLoss _loss;

    public ValidationRows(IReadOnlyList<TrainingExample> examples, FocalLoss loss)
    {
        (Examples, _loss) = (examples, loss);
        _series = examples.Select(e => e.Tokens).ToArray();
        LogitCount = examples.Sum(e => e.Labels.Length);
        HasBothClasses = examples.Any(e => e.HasAnomaly) && examples.Any(e => e.HasNormal);
    }

    public IReadOnlyList<TrainingExample> Examples { get; }

    /// <summary>Without both classes no metric says which epoch is better.</summary>
    public bool HasBothClasses { get; }

    /// <summary>Logits of all rows together: one each, or one a point.</summary>
    public int LogitCount { get; }

    /// <summary>Scores the rows with an epoch's parameters.</summary>
    /// <exception cref="InvalidOperationException">A logit is not finite.</exception>
    public ValidatedEpoch Validate(int epoch, IBackbone backbone, TokenTable table, SoftPromptParameters parameters, CancellationToken cancellation)
    {
        var logits = new float[LogitCount];
        new SoftPromptScorer(backbone, table, parameters).Score(_series, logits, cancellation);
        if (logits.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and int at)
            throw new InvalidOperationException($"A validation logit is {logits[at]} after epoch {epoch}; training stopped. "
                + "Lower the learning rates of the prompt and the head, and check the backbone's weights.");
        return Judge(epoch, Array.ConvertAll(logits, z => (double)z));
    }

    /// <summary>Judges what an epoch's parameters answered.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="logits">Finite, <see cref="LogitCount"/>.</param>
    public ValidatedEpoch Judge(int epoch, double[] logits)
    {
        var labels = new bool[logits.Length];
        double loss = 0;
        double totalWeight = 0;
        int next = 0;
        foreach (TrainingExample example in Examples)
            foreach (float label in example.Labels.Span)
            {
                loss += example.Weight * _loss.Loss(logits[next], label);
                totalWeight += example.Weight;
                labels[next++] = label == 1;
            }
        return new ValidatedEpoch(epoch, logits, labels, totalWeight > 0 ? loss / totalWeight : 0, BinaryMetrics.Compute(logits, labels, threshold: 0));
    }
}
