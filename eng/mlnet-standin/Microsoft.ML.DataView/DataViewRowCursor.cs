namespace Microsoft.ML;

/// <summary>A row that moves; its position is -1 before the first <see cref="MoveNext"/>.</summary>
public abstract class DataViewRowCursor : DataViewRow
{
    public abstract bool MoveNext();
}
