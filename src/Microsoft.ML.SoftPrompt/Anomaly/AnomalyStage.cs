using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>Scores a row's tokens, or a block of rows' at once.</summary>
internal sealed class AnomalyStage : IRowStage
{
    // Enough for every thread to have several calls of the engine's preferred size; a block of 512 windows of 50 values is 0.1 MB of tokens.
    private const int BlockRows = 512;

    private readonly IHostEnvironment _environment;
    private readonly SoftPromptModelParameters _model;
    private readonly string _featureColumnName;
    private readonly TokenTable _table;
    private readonly SoftPromptScorer _scorer;

    public AnomalyStage(IHostEnvironment environment, IBackbone backbone, SoftPromptModelParameters model, string featureColumnName)
    {
        _environment = environment;
        _model = model;
        _featureColumnName = featureColumnName;
        _table = TokenTable.ForBins(backbone, model.BinCount);
        _scorer = new SoftPromptScorer(backbone, _table, model.Learned);
    }

    public int ReadAheadRows => BlockRows;

    public int[] GetInputColumns(DataViewSchema input) => [Find(input).Index];

    public DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input) => ScoreColumns.For(input, _model.LabelsPoints, TokenColumn.GetLength(Find(input)));

    public StageGetters Open(DataViewRow input)
    {
        var door = new SeriesDoor(_table, _model.PromptLength, _model.Summary.TruncatesLongSeries, _featureColumnName);
        var column = Find(input.Schema);
        IRowLogits logits = input is ReadAheadCursor block ? new BlockLogits(_scorer, block, column, door) : new SingleRowLogits(_scorer, input, column, door);
        Delegate[] getters = ScoreColumns.Getters(logits, _model.LabelsPoints, _model.ScoreThreshold, logit => (float)_model.ToProbability(logit));
        return new StageGetters(getters, () => ReportTruncated(door.Truncated));
    }

    private DataViewSchema.Column Find(DataViewSchema schema)
    {
        var column = SchemaErrors.Find(schema, _featureColumnName, TokenColumn.Role);
        int bins = TokenColumn.GetBinCount(column);
        if (bins != _model.BinCount)
            throw SchemaErrors.WrongType(column.Name, TokenColumn.Role, $"a key of {bins} bins", $"the {_model.BinCount} bins that the model was trained with", "Quantize with the transformer that was fitted with it.");
        return column;
    }

    private void ReportTruncated(long series)
    {
        if (series == 0)
            return;
        using var channel = _environment.Start(nameof(SoftPromptAnomalyTransformer));
        channel.Warn($"{series:N0} series of token column '{_featureColumnName}' were longer than the backbone takes and kept their last values.");
    }
}
