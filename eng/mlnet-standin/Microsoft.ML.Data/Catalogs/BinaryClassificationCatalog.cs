using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>One of two classes.</summary>
public sealed class BinaryClassificationCatalog : TrainCatalogBase
{
    internal BinaryClassificationCatalog(IHostEnvironment env) : base(env, nameof(BinaryClassificationCatalog)) => Trainers = new(this);

    public BinaryClassificationTrainers Trainers { get; }

    public CalibratedBinaryClassificationMetrics Evaluate(
        IDataView data, string labelColumnName = "Label", string scoreColumnName = "Score", string probabilityColumnName = "Probability",
        string predictedLabelColumnName = "PredictedLabel") =>
        BinaryEvaluator.EvaluateCalibrated(data, labelColumnName, scoreColumnName, probabilityColumnName, predictedLabelColumnName);

    public BinaryClassificationMetrics EvaluateNonCalibrated(
        IDataView data, string labelColumnName = "Label", string scoreColumnName = "Score", string predictedLabelColumnName = "PredictedLabel") =>
        BinaryEvaluator.Evaluate(data, labelColumnName, scoreColumnName, predictedLabelColumnName);

    /// <inheritdoc/>
    public sealed class BinaryClassificationTrainers : CatalogInstantiatorBase
    {
        internal BinaryClassificationTrainers(BinaryClassificationCatalog catalog) : base(catalog)
        {
        }
    }
}
