using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>Scores a row's tokens, or a block of rows' at once.</summary>
internal sealed class AnomalyStage : IRowStage
{
    public const string PredictedLabel = "PredictedLabel";
    public const string Score = "Score";
    public const string Probability = "Probability";

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

    public DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input)
    {
        int length = TokenColumn.GetLength(Find(input));
        DataViewType Shape(PrimitiveDataViewType type) => _model.LabelsPoints ? new VectorDataViewType(type, length) : type;
        return
        [
            new(PredictedLabel, Shape(BooleanDataViewType.Instance), ColumnAnnotations.Score(input, PredictedLabel)),
            new(Score, Shape(NumberDataViewType.Single), ColumnAnnotations.Score(input, Score)),
            new(Probability, Shape(NumberDataViewType.Single), ColumnAnnotations.Score(input, Probability)),
        ];
    }

    public StageGetters Open(DataViewRow input)
    {
        var door = new SeriesDoor(_table, _model.PromptLength, _model.Summary.TruncatesLongSeries, _featureColumnName);
        var column = Find(input.Schema);
        IRowLogits logits = input is ReadAheadCursor block ? new BlockLogits(_scorer, block, column, door) : new SingleRowLogits(_scorer, input, column, door);
        Delegate[] getters = _model.LabelsPoints
            ? [Vector(logits, IsAnomalous), Vector(logits, logit => logit), Vector(logits, ToProbability)]
            : [Scalar(logits, IsAnomalous), Scalar(logits, logit => logit), Scalar(logits, ToProbability)];
        return new StageGetters(getters, () => ReportTruncated(door.Truncated));
    }

    private static ValueGetter<TValue> Scalar<TValue>(IRowLogits logits, Func<float, TValue> convert) =>
        (ref TValue value) => value = convert(logits.Get()[0]);

    private static ValueGetter<VBuffer<TValue>> Vector<TValue>(IRowLogits logits, Func<float, TValue> convert) => (ref VBuffer<TValue> value) =>
    {
        var row = logits.Get();
        var editor = VBufferEditor.Create(ref value, row.Length);
        for (int i = 0; i < row.Length; i++)
            editor.Values[i] = convert(row[i]);
        value = editor.Commit();
    };

    private float ToProbability(float logit) => (float)_model.ToProbability(logit);

    private bool IsAnomalous(float logit) => logit > _model.ScoreThreshold;

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
