using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.Baselines;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Lstm;

/// <summary>Scores a row's series, or a block of rows' at once.</summary>
internal sealed class LstmStage(LstmModelParameters model, LstmColumnNames names) : IRowStage
{
    // Thirteen groups of windows of 50 values, for as many threads; a block is kept in memory, and rows may be long.
    public int ReadAheadRows => 128;

    public int[] GetInputColumns(DataViewSchema input) => new LstmColumns(input, names).All.Select(column => column.Index).ToArray();

    public DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input) => ScoreColumns.For(input, model.LabelsPoints, new LstmColumns(input, names).Length);

    public StageGetters Open(DataViewRow input)
    {
        var columns = new LstmColumns(input.Schema, names);
        IRowLogits logits = input is ReadAheadCursor cursor ? new LstmBlockLogits(model.Model, cursor, columns) : new LstmRowLogits(model.Model, input, columns);
        return new StageGetters(ScoreColumns.Getters(logits, model.LabelsPoints, model.ScoreThreshold, logit => (float)BinaryCrossEntropy.Sigmoid(logit)));
    }

    private sealed class LstmRowLogits(LstmModel model, DataViewRow row, LstmColumns columns) : IRowLogits
    {
        private readonly LstmRowReader _reader = columns.Open(row);
        private float[] _logits = [];
        private long _position = -1;

        public ReadOnlySpan<float> Get()
        {
            if (_position != row.Position)
            {
                _logits = model.Score([_reader.Read(labels: null, model.Network.LabelKind)]);
                _position = row.Position;
            }
            return _logits;
        }
    }

    private sealed class LstmBlockLogits : IRowLogits
    {
        private readonly LstmModel _model;
        private readonly ReadAheadCursor _cursor;
        private readonly ReadAheadCursor.BlockRow _row;
        private readonly LstmRowReader _reader;
        private readonly List<int> _starts = [];
        private float[] _logits = [];
        private long _block = -1;

        public LstmBlockLogits(LstmModel model, ReadAheadCursor cursor, LstmColumns columns)
        {
            (_model, _cursor, _row) = (model, cursor, new ReadAheadCursor.BlockRow(cursor));
            _reader = columns.Open(_row);
        }

        public ReadOnlySpan<float> Get()
        {
            if (_block != _cursor.Block)
            {
                ScoreBlock();
                _block = _cursor.Block;
            }
            return _logits.AsSpan(_starts[_cursor.RowInBlock].._starts[_cursor.RowInBlock + 1]);
        }

        private void ScoreBlock()
        {
            var series = new LabeledSeries[_cursor.BlockLength];
            _starts.Clear();
            _starts.Add(0);
            for (_row.Row = 0; _row.Row < series.Length; _row.Row++)
            {
                series[_row.Row] = _reader.Read(labels: null, _model.Network.LabelKind);
                _starts.Add(_starts[^1] + series[_row.Row].Labels.Length);
            }
            _logits = _model.Score(series);
        }
    }
}
