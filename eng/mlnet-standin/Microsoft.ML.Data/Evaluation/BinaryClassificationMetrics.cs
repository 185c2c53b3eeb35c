namespace Microsoft.ML.Data;

/// <summary>How well scores tell two classes apart.</summary>
public class BinaryClassificationMetrics
{
    internal BinaryClassificationMetrics(ConfusionMatrix confusion, double areaUnderRocCurve, double areaUnderPrecisionRecallCurve)
    {
        ConfusionMatrix = confusion;
        AreaUnderRocCurve = areaUnderRocCurve;
        AreaUnderPrecisionRecallCurve = areaUnderPrecisionRecallCurve;
        Accuracy = (confusion.Counts[0][0] + confusion.Counts[1][1]) / (confusion.Counts[0][0] + confusion.Counts[0][1] + confusion.Counts[1][0] + confusion.Counts[1][1]);
    }

    public double AreaUnderRocCurve { get; }

    public double Accuracy { get; }

    public double PositivePrecision => ConfusionMatrix.PerClassPrecision[0];

    public double PositiveRecall => ConfusionMatrix.PerClassRecall[0];

    public double NegativePrecision => ConfusionMatrix.PerClassPrecision[1];

    public double NegativeRecall => ConfusionMatrix.PerClassRecall[1];

    /// <summary>NaN where nothing positive was found at all, as in ML.NET.</summary>
    public double F1Score => 2 * PositivePrecision * PositiveRecall / (PositivePrecision + PositiveRecall);

    public double AreaUnderPrecisionRecallCurve { get; }

    public ConfusionMatrix ConfusionMatrix { get; }
}

/// <summary>How well probabilities tell two classes apart; entropies in bits.</summary>
public sealed class CalibratedBinaryClassificationMetrics : BinaryClassificationMetrics
{
    internal CalibratedBinaryClassificationMetrics(BinaryClassificationMetrics metrics, double logLoss, double entropy)
        : base(metrics.ConfusionMatrix, metrics.AreaUnderRocCurve, metrics.AreaUnderPrecisionRecallCurve)
    {
        LogLoss = logLoss;
        Entropy = entropy;
    }

    public double LogLoss { get; }

    public double LogLossReduction => (Entropy - LogLoss) / Entropy;

    public double Entropy { get; }
}
