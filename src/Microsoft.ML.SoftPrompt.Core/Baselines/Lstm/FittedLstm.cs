namespace Microsoft.ML.SoftPrompt.Baselines;

/// <summary>A trained LSTM; the scores are logits. Safe for concurrent use.</summary>
public sealed class FittedLstm : IAnomalyScorer
{
    private readonly LstmModel _model;

    internal FittedLstm(LstmModel model, LstmTrainingResult result)
    {
        _model = model;
        History = result.History;
        BestEpoch = result.BestEpoch;
    }

    /// <summary>Gets what each epoch came to.</summary>
    public IReadOnlyList<TrainingEpoch> History { get; }

    /// <summary>Gets the epoch whose weights were kept, from 1.</summary>
    public int BestEpoch { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A series is malformed, or labelled otherwise than those of the training.</exception>
    public IReadOnlyList<double> Score(IReadOnlyList<LabeledSeries> series, CancellationToken cancellation = default)
    {
        LabeledSeriesCheck.Score(series, _model.Network.LabelKind);
        return Array.ConvertAll(_model.Score(series, cancellation), logit => (double)logit);
    }
}
