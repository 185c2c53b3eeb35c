using System;
using System.Collections.Generic;
using System.Linq;

namespace Microsoft.ML.Data;

/// <summary>Computes the metrics of two classes.</summary>
internal static class BinaryEvaluator
{
    public static BinaryClassificationMetrics Evaluate(IDataView data, string label, string score, string predictedLabel)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Metrics(Rows(data, label, score, null, predictedLabel));
    }

    public static CalibratedBinaryClassificationMetrics EvaluateCalibrated(IDataView data, string label, string score, string probability, string predictedLabel)
    {
        ArgumentNullException.ThrowIfNull(data);
        var rows = Rows(data, label, score, probability, predictedLabel);
        double prior = rows.Count(r => r.Label > 0) / (double)rows.Count;
        double logLoss = rows.Average(r => -Math.Log2(r.Label > 0 ? r.Probability : 1.0 - r.Probability));
        return new(Metrics(rows), logLoss, -(prior * Math.Log2(prior)) - ((1 - prior) * Math.Log2(1 - prior)));
    }

    private static List<(float Label, float Score, float Probability)> Rows(IDataView data, string label, string score, string probability, string predictedLabel)
    {
        var schema = data.Schema;
        var labels = Columns.Find(schema, label, "Label");
        if (labels.Type is not BooleanDataViewType && !labels.Type.Equals(NumberDataViewType.Single) && !labels.Type.Equals(NumberDataViewType.Double) && !LabelGetter.IsTwoKey(labels.Type))
            throw Columns.Mismatch(label, "Label", "Boolean, Single, Double, or key of cardinality 2", labels.Type.ToString());
        var scores = LabelGetter.FindSingle(schema, score, "Score");
        Columns.Find(schema, predictedLabel, "PredictedLabel");
        return LabelGetter.Rows(data, labels, scores, probability is null ? null : LabelGetter.FindSingle(schema, probability, "Probability"));
    }

    // ML.NET counts a row as predicted positive where its score lies above 0, whatever the PredictedLabel column says.
    private static BinaryClassificationMetrics Metrics(List<(float Label, float Score, float Probability)> rows)
    {
        double auc = RankingAreas.UnderRoc(rows);
        double Count(bool actual, bool predicted) => rows.Count(r => r.Label > 0 == actual && r.Score > 0 == predicted);
        var confusion = new ConfusionMatrix([[Count(true, true), Count(true, false)], [Count(false, true), Count(false, false)]], ["positive", "negative"]);
        return new(confusion, auc, RankingAreas.UnderPrecisionRecall(rows));
    }
}
