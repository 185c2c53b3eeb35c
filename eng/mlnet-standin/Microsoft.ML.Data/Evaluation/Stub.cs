namespace Microsoft.ML.Data;
internal static class BinaryEvaluator
{
    public static CalibratedBinaryClassificationMetrics EvaluateCalibrated(IDataView d, string a, string b, string c, string e) => throw new System.NotImplementedException();
    public static BinaryClassificationMetrics Evaluate(IDataView d, string a, string b, string c) => throw new System.NotImplementedException();
}
internal static class AnomalyEvaluator
{
    public static AnomalyDetectionMetrics Evaluate(IDataView d, string a, string b, string c, int e) => throw new System.NotImplementedException();
}
public sealed class AnomalyDetectionMetrics { internal AnomalyDetectionMetrics() { } }
public class BinaryClassificationMetrics { internal BinaryClassificationMetrics() { } }
public sealed class CalibratedBinaryClassificationMetrics : BinaryClassificationMetrics { internal CalibratedBinaryClassificationMetrics() { } }
