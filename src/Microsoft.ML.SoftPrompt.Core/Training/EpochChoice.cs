namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Keeps the best epoch by a metric on the validation rows, of equal ones the one with the lower loss, and says when a training no longer gets better.</summary>
/// <remarks>On few rows a metric that counts ranks alone is often equal, and soon perfect; the loss still tells a sure answer from a lucky one.</remarks>
internal sealed class EpochChoice(SoftPromptEarlyStopping earlyStopping, int patience)
{
    private double _highest = double.NegativeInfinity;
    private int _lastRise;

    /// <summary>The best epoch so far; none before the first.</summary>
    public TrainingEpoch? Best { get; private set; }

    /// <summary>Whether the metric of the last epochs, as many as the patience, was no better than the best before them.</summary>
    public bool HasSettled { get; private set; }

    /// <summary>Takes the next epoch, which was validated, and says whether it is the best so far.</summary>
    public bool Add(TrainingEpoch epoch)
    {
        if (Best is null || Merit(epoch).CompareTo(Merit(Best)) > 0)
            Best = epoch;
        if (Metric(epoch) > _highest)
            (_highest, _lastRise) = (Metric(epoch), epoch.Epoch);
        HasSettled = earlyStopping != SoftPromptEarlyStopping.None && epoch.Epoch - _lastRise >= patience;
        return Best == epoch;
    }

    private (double Metric, double Loss) Merit(TrainingEpoch epoch) => (Metric(epoch), -epoch.ValidationLoss!.Value);

    private double Metric(TrainingEpoch epoch) => earlyStopping switch
    {
        SoftPromptEarlyStopping.Auroc => epoch.ValidationAuroc!.Value,
        SoftPromptEarlyStopping.Loss => -epoch.ValidationLoss!.Value,
        _ => epoch.ValidationAveragePrecision!.Value,
    };
}
