using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>
/// The columns by which BalanceTSmote tells the stages behind it what became of a row: whether it was made, and whether it was held out
/// from the making, so that it may validate.
/// </summary>
internal sealed class BalancingColumns
{
    public const string IsSynthetic = "IsSynthetic";
    public const string IsValidation = "IsValidation";

    private readonly DataViewSchema.Column _isSynthetic;
    private readonly DataViewSchema.Column _isValidation;

    private BalancingColumns(DataViewSchema.Column isSynthetic, DataViewSchema.Column isValidation) => (_isSynthetic, _isValidation) = (isSynthetic, isValidation);

    public IEnumerable<DataViewSchema.Column> All => [_isSynthetic, _isValidation];

    /// <summary>The columns, or none where the data does not have both.</summary>
    public static BalancingColumns? Find(DataViewSchema schema) =>
        schema.GetColumnOrNull(IsSynthetic) is { Type: BooleanDataViewType } synthetic && schema.GetColumnOrNull(IsValidation) is { Type: BooleanDataViewType } validation
            ? new BalancingColumns(synthetic, validation)
            : null;

    public Func<(bool IsSynthetic, bool IsValidation)> Open(DataViewRow row)
    {
        var syntheticGetter = row.GetGetter<bool>(_isSynthetic);
        var validationGetter = row.GetGetter<bool>(_isValidation);
        return () =>
        {
            bool isSynthetic = false, isValidation = false;
            syntheticGetter(ref isSynthetic);
            validationGetter(ref isValidation);
            return (isSynthetic, isValidation);
        };
    }
}
