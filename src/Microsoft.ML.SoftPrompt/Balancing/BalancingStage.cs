using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>Marks a row as one that nobody made and nobody held out: all that balancing does to rows outside of training.</summary>
internal sealed class BalancingStage : IRowStage
{
    public int ReadAheadRows => 1;

    public int[] GetInputColumns(DataViewSchema input) => [];

    public DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input) =>
        [new(BalancingColumns.IsSynthetic, BooleanDataViewType.Instance), new(BalancingColumns.IsValidation, BooleanDataViewType.Instance)];

    public StageGetters Open(DataViewRow input)
    {
        ValueGetter<bool> getter = (ref bool value) => value = false;
        return new StageGetters([getter, getter]);
    }
}
