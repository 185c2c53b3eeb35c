namespace Microsoft.ML.SoftPrompt.Training;

/// <summary>Keeps the best epoch by a metric on the validation rows, of equal ones the first, and says when a training no longer gets better.</summary>
internal sealed class EpochChoice(SoftPromptEarlyStopping earlyStopping, int patience)
{
    /// <summary>The best epoch so far; none before the first.</summary>
    public ValidatedEpoch? Best { get; private set; }

    /// <summary>Whether the last epochs, as many as the patience, were no better than the best before them.</summary>
    public bool HasSettled { get; private set; }

    public void Add(ValidatedEpoch epoch)
    {
        if (Best is null || Merit(epoch) > Merit(Best))
            Best = epoch;
        HasSettled = earlyStopping != SoftPromptEarlyStopping.None && epoch.Epoch - Best.Epoch >= patience;
    }

    private double Merit(ValidatedEpoch epoch) => earlyStopping switch
    {
        SoftPromptEarlyStopping.Auroc => epoch.Metrics.AreaUnderRoc,
        SoftPromptEarlyStopping.Loss => -epoch.Loss,
        _ => epoch.Metrics.AveragePrecision,
    };
}
