using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.SoftPrompt.Persistence;

/// <summary>What the stages need of ML.NET and ML.NET keeps internal, apart from saving and loading. Nothing outside this folder touches internals.</summary>
internal static class MLNetInternals
{
    /// <summary>The host environment behind a catalog: its log and its cancellation.</summary>
    public static IHostEnvironment GetEnvironment(object catalog) =>
        ((IInternalCatalog)catalog ?? throw new ArgumentNullException(nameof(catalog))).Environment;

    /// <summary>Whether the context was told to stop, as AutoML does.</summary>
    public static bool IsCanceled(IHostEnvironment environment) => environment is ICancelable { IsCanceled: true };

    /// <summary>A column of a schema's shape; ML.NET's constructor is internal.</summary>
    public static SchemaShape.Column CreateColumn(string name, SchemaShape.Column.VectorKind kind, DataViewType itemType, bool isKey, SchemaShape? annotations = null) =>
        new(name, kind, itemType, isKey, annotations);

    /// <summary>What ML.NET wants to know of a trainer: ours neither normalises nor calibrates, reads its data once, and takes a validation set.</summary>
    public static TrainerInfo CreateTrainerInfo() =>
        new(normalization: false, calibration: false, caching: false, supportValid: true);
}
