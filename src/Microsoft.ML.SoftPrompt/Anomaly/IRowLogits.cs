using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>The current row's logits, computed when first asked for and kept for the row's other columns.</summary>
internal interface IRowLogits
{
    ReadOnlySpan<float> Get();
}

/// <summary>A row at a time.</summary>
internal sealed class SingleRowLogits(SoftPromptScorer scorer, DataViewRow row, DataViewSchema.Column column, SeriesDoor door) : IRowLogits
{
    private readonly VectorReader<uint> _tokens = new(row, column);
    private float[] _logits = [];
    private int _count;
    private long _position = -1;

    public ReadOnlySpan<float> Get()
    {
        if (_position != row.Position)
        {
            var tokens = door.Enter(_tokens.Read(), row.Position);
            _count = scorer.CountLogits(tokens.Length);
            if (_logits.Length < _count)
                _logits = new float[_count];
            scorer.Score(tokens, _logits.AsSpan(0, _count));
            _position = row.Position;
        }
        return _logits.AsSpan(0, _count);
    }
}

/// <summary>A block of rows at once, over all threads.</summary>
internal sealed class BlockLogits(SoftPromptScorer scorer, ReadAheadCursor cursor, DataViewSchema.Column column, SeriesDoor door) : IRowLogits
{
    private readonly List<ReadOnlyMemory<uint>> _series = [];
    private readonly List<int> _starts = [];
    private uint[] _scratch = [];
    private float[] _logits = [];
    private long _block = -1;

    public ReadOnlySpan<float> Get()
    {
        if (_block != cursor.Block)
        {
            ScoreBlock();
            _block = cursor.Block;
        }
        return _logits.AsSpan(_starts[cursor.RowInBlock].._starts[cursor.RowInBlock + 1]);
    }

    private void ScoreBlock()
    {
        _series.Clear();
        _starts.Clear();
        _starts.Add(0);
        long firstRow = cursor.Position - cursor.RowInBlock;
        foreach (ref readonly var row in cursor.GetBlock<VBuffer<uint>>(column))
        {
            var tokens = door.Enter(VectorReader<uint>.Dense(row, ref _scratch), firstRow + _series.Count);
            _series.Add(tokens.ToArray());
            _starts.Add(_starts[^1] + scorer.CountLogits(tokens.Length));
        }
        if (_logits.Length < _starts[^1])
            _logits = new float[_starts[^1]];
        scorer.Score(_series, _logits.AsMemory(0, _starts[^1]));
    }
}
