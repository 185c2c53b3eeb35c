namespace Microsoft.ML.SoftPrompt.Evaluation;

/// <summary>A point of a ROC or a precision–recall curve: what flagging every item with at least a certain score comes to.</summary>
/// <param name="Threshold">
/// The lowest score that is flagged here; infinity where nothing is. The other methods flag what is strictly above a threshold: theirs
/// lies below this score and not below the next lower one.
/// </param>
/// <param name="TruePositives">Anomalies flagged.</param>
/// <param name="FalsePositives">Normal items flagged.</param>
/// <param name="Positives">All anomalies.</param>
/// <param name="Negatives">All normal items.</param>
public readonly record struct CurvePoint(double Threshold, int TruePositives, int FalsePositives, int Positives, int Negatives)
{
    /// <summary>Gets the share of anomalies flagged, also called the true positive rate, 0 to 1; NaN where there are none.</summary>
    public double Recall => (double)TruePositives / Positives;

    /// <summary>Gets the share of normal items flagged, 0 to 1; NaN where there are none.</summary>
    public double FalsePositiveRate => (double)FalsePositives / Negatives;

    /// <summary>Gets the share of flagged items that are anomalous, 0 to 1; 1 where nothing is flagged, so that a curve starts there.</summary>
    public double Precision => Threshold == double.PositiveInfinity ? 1 : (double)TruePositives / ((long)TruePositives + FalsePositives);
}
