using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>A cursor over other rows than its source's, which it disposes. It counts them as ML.NET wants: from 0, and −1 before the first and behind the last.</summary>
internal abstract class SourceCursor(DataViewRowCursor source) : DataViewRowCursor
{
    private long _position = -1;
    private bool _ended;

    protected DataViewRowCursor Source => source;

    public sealed override long Position => _position;

    public sealed override bool MoveNext()
    {
        _ended = _ended || !MoveToNext();
        _position = _ended ? -1 : _position + 1;
        return !_ended;
    }

    /// <summary>Goes on to the next row; not called again once there is none.</summary>
    protected abstract bool MoveToNext();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
