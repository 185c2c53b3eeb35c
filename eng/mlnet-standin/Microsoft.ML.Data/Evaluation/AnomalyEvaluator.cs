using System;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>Computes the metrics of anomalies.</summary>
internal static class AnomalyEvaluator
{
    public static AnomalyDetectionMetrics Evaluate(IDataView data, string label, string score, string predictedLabel, int falsePositiveCount)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(falsePositiveCount);
        var labels = Columns.Find(data.Schema, label, "Label");
        if (!labels.Type.Equals(NumberDataViewType.Single) && !LabelGetter.IsTwoKey(labels.Type))
            throw Columns.Mismatch(label, "Label", "Single or key of cardinality 2", labels.Type.ToString());
        var scores = LabelGetter.FindSingle(data.Schema, score, "Score");
        Columns.Find(data.Schema, predictedLabel, "PredictedLabel");

        var rows = LabelGetter.Rows(data, labels, scores, null);
        double auc = RankingAreas.UnderRoc(rows);
        int anomalies = rows.Count(r => r.Label > 0);
        int falsePositives = 0;
        int found = rows.OrderByDescending(r => r.Score).TakeWhile(r => r.Label > 0 || ++falsePositives <= falsePositiveCount).Count(r => r.Label > 0);
        return new(auc, (double)found / anomalies);
    }
}
