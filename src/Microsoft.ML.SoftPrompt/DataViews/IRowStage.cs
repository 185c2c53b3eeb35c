using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>What a row-to-row stage adds to a row. Everything else (mapper, view, cursor) is shared by all stages.</summary>
internal interface IRowStage
{
    /// <summary>Rows that a view's cursor reads ahead, so that the stage can compute them together; 1 where that gains nothing.</summary>
    int ReadAheadRows { get; }

    /// <summary>Checks the input's columns and gives those that are read, by index.</summary>
    int[] GetInputColumns(DataViewSchema input);

    /// <summary>The columns added, for a checked input.</summary>
    DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input);

    /// <summary>Opens the stage on a row, a cursor, or a <see cref="ReadAheadCursor"/>, whose block it may compute at once.</summary>
    StageGetters Open(DataViewRow input);
}

/// <summary>A stage opened on a row.</summary>
/// <param name="Getters">
/// One <see cref="ValueGetter{TValue}"/> for each output column. They compute when they are asked, and share one computation a row.
/// </param>
/// <param name="Finished">Called when the row or cursor is disposed: the place for a message that sums up.</param>
internal sealed record StageGetters(Delegate[] Getters, Action? Finished = null);
