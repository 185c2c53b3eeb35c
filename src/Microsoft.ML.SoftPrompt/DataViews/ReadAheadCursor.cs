using Microsoft.ML.Data;

namespace Microsoft.ML.SoftPrompt.DataViews;

/// <summary>
/// Reads rows a block at a time and gives them out one by one, so that a stage can compute a block's rows together. The source is read
/// once and in order: nothing is asked of it twice.
/// </summary>
internal sealed class ReadAheadCursor : SourceCursor
{
    // The first block is small, so that a look at a few rows does not pay for many; each next one is twice as long, up to the full length.
    private const int FirstBlockRows = 8;

    private readonly ColumnBuffer?[] _columns;
    private readonly ColumnBuffer<DataViewRowId> _ids;
    private readonly long[] _batches;
    private int _blockLength;
    private int _nextBlockRows;
    private int _row;

    /// <param name="source">The rows.</param>
    /// <param name="rows">How many rows a block has at most.</param>
    /// <param name="isBatch">Whether all rows will be asked for, so that the first block may have that many.</param>
    public ReadAheadCursor(DataViewRowCursor source, int rows, bool isBatch)
        : base(source)
    {
        _nextBlockRows = isBatch ? rows : FirstBlockRows;
        _batches = new long[rows];
        _ids = new ColumnBuffer<DataViewRowId>(source.GetIdGetter(), rows);
        _columns = source.Schema.Select(column => source.IsColumnActive(column) ? ColumnBuffer.Create(source, column, rows) : null).ToArray();
    }

    /// <summary>The number of the block that the current row belongs to, from 0; −1 before the first row.</summary>
    public long Block { get; private set; } = -1;

    /// <summary>The place of the current row within its block.</summary>
    public int RowInBlock => _row;

    /// <summary>Rows in the current block.</summary>
    public int BlockLength => _blockLength;

    public override DataViewSchema Schema => Source.Schema;

    public override long Batch => _batches[_row];

    /// <summary>A column's values in the current block.</summary>
    public ReadOnlySpan<TValue> GetBlock<TValue>(DataViewSchema.Column column) => Buffer<TValue>(column).Values.AsSpan(0, _blockLength);

    public override bool IsColumnActive(DataViewSchema.Column column) => _columns[column.Index] is not null;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids.Values[_row];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var buffer = Buffer<TValue>(column);
        return (ref TValue value) => buffer.CopyTo(_row, ref value);
    }

    protected override bool MoveToNext() => ++_row < _blockLength || ReadBlock();

    /// <summary>Any row of the current block, for a reader that takes several columns a row at a time.</summary>
    internal sealed class BlockRow(ReadAheadCursor cursor) : DataViewRow
    {
        /// <summary>Gets or sets which row of the block it is, from 0 to below <see cref="BlockLength"/>.</summary>
        public int Row { get; set; }

        public override DataViewSchema Schema => cursor.Schema;

        public override long Position => cursor.Position - cursor._row + Row;

        public override long Batch => cursor._batches[Row];

        public override bool IsColumnActive(DataViewSchema.Column column) => cursor.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = cursor._ids.Values[Row];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var buffer = cursor.Buffer<TValue>(column);
            return (ref TValue value) => buffer.CopyTo(Row, ref value);
        }
    }

    private ColumnBuffer<TValue> Buffer<TValue>(DataViewSchema.Column column) =>
        _columns[column.Index] as ColumnBuffer<TValue>
        ?? throw new InvalidOperationException($"Column '{column.Name}' is not active, or its values are {column.Type.RawType} and not {typeof(TValue)}.");

    private bool ReadBlock()
    {
        _row = 0;
        _blockLength = 0;
        int limit = Math.Min(_nextBlockRows, _batches.Length);
        _nextBlockRows = Math.Min(2 * limit, _batches.Length);
        while (_blockLength < limit && Source.MoveNext())
        {
            _batches[_blockLength] = Source.Batch;
            _ids.Read(_blockLength);
            foreach (var column in _columns)
                column?.Read(_blockLength);
            _blockLength++;
        }
        Block++;
        return _blockLength > 0;
    }
}
