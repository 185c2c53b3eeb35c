namespace Microsoft.ML.SoftPrompt.Tests;

/// <summary>A data view that notes which columns its last cursor was asked for.</summary>
internal sealed class RecordingView(IDataView source) : IDataView
{
    public IReadOnlyList<string> LastColumns { get; private set; } = [];

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        LastColumns = columnsNeeded.Select(column => column.Name).ToArray();
        return source.GetRowCursor(columnsNeeded, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
