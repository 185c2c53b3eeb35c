namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Where a training stands after a batch, apart from the parameters and their moments, which <see cref="SoftPromptTrainingStep"/> holds.</summary>
internal sealed class TrainingState
{
    /// <summary>The epoch under way, from 1.</summary>
    public int Epoch { get; set; } = 1;

    /// <summary>The epoch's batches that are done, from 0.</summary>
    public int Batch { get; set; }

    /// <summary>The last batch's loss.</summary>
    public double Loss { get; set; }

    /// <summary>Sum of the losses of the epoch's series so far.</summary>
    public double LossSum { get; set; }

    /// <summary>The epoch's training predictions so far, and those above the threshold that stands without validation.</summary>
    public long Judged { get; set; }

    /// <inheritdoc cref="Judged"/>
    public long Flagged { get; set; }

    /// <summary>The epochs that have ended, validation included.</summary>
    public List<TrainingEpoch> History { get; } = [];

    /// <summary>What was learned at the end of the best epoch; none where nothing has validated yet.</summary>
    public SoftPromptWeights? BestWeights { get; set; }

    /// <summary>What the best epoch answered on the validation rows.</summary>
    public ValidatedEpoch? Best { get; set; }

    /// <summary>Whether the epoch under way has ended, validation included.</summary>
    public bool EpochHasEnded => History.Count == Epoch;

    /// <summary>What early stopping makes of the epochs that have ended.</summary>
    public EpochChoice Choose(TrainingSettings settings)
    {
        var choice = new EpochChoice(settings.EarlyStopping, settings.Patience);
        foreach (TrainingEpoch epoch in History.Where(epoch => epoch.ValidationLoss is not null))
            choice.Add(epoch);
        return choice;
    }

    public void BeginNextEpoch()
    {
        Epoch++;
        (Batch, LossSum, Judged, Flagged) = (0, 0, 0, 0);
    }
}
