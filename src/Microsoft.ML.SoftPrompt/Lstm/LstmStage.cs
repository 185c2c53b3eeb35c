using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.Anomaly;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Lstm;

/// <summary>Scores a row's series.</summary>
internal sealed class LstmStage(LstmModelParameters model, LstmColumnNames names) : IRowStage
{
    public int ReadAheadRows => 1;

    public int[] GetInputColumns(DataViewSchema input) => new LstmColumns(input, names).All.Select(column => column.Index).ToArray();

    public DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input) => ScoreColumns.For(input, model.LabelsPoints, new LstmColumns(input, names).Length);

    public StageGetters Open(DataViewRow input)
    {
        var logits = new RowLogits(model, input, new LstmColumns(input.Schema, names).Open(input));
        return new StageGetters(ScoreColumns.Getters(logits, model.LabelsPoints, model.ScoreThreshold, logit => (float)BinaryCrossEntropy.Sigmoid(logit)));
    }

    private sealed class RowLogits(LstmModelParameters model, DataViewRow row, LstmRowReader reader) : IRowLogits
    {
        private float[] _logits = [];
        private long _position = -1;

        public ReadOnlySpan<float> Get()
        {
            if (_position != row.Position)
            {
                _logits = model.Model.Score([reader.Read(labels: null, model.Model.Network.LabelKind)]);
                _position = row.Position;
            }
            return _logits;
        }
    }
}
