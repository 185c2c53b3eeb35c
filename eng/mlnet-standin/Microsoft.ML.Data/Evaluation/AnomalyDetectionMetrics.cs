namespace Microsoft.ML.Data;

/// <summary>How well scores find anomalies.</summary>
public sealed class AnomalyDetectionMetrics
{
    internal AnomalyDetectionMetrics(double areaUnderRocCurve, double detectionRate)
    {
        AreaUnderRocCurve = areaUnderRocCurve;
        DetectionRateAtFalsePositiveCount = detectionRate;
    }

    public double AreaUnderRocCurve { get; }

    public double DetectionRateAtFalsePositiveCount { get; }
}
