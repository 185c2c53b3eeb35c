using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.Backbones;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Explaining;
using Microsoft.ML.SoftPrompt.Training;

namespace Microsoft.ML.SoftPrompt.Anomaly;

/// <summary>Scores a row's tokens, or a block of rows' at once.</summary>
internal sealed class AnomalyStage : IRowStage
{
    // Enough for every thread to have several calls of the engine's preferred size; a block of 512 windows of 50 values is 0.1 MB of tokens.
    private const int BlockRows = 512;

    // An explanation scores about twice as many variants of a row as it has values; how many of them are held at once does not depend on this.
    private const int ExplainedBlockRows = 16;

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
        var door = OpenDoor();
        var column = Find(input.Schema);
        IRowLogits logits = input is ReadAheadCursor block ? new BlockLogits(_scorer, block, column, door) : new SingleRowLogits(_scorer, input, column, door);
        Delegate[] getters = ScoreColumns.Getters(logits, _model.LabelsPoints, _model.ScoreThreshold, logit => (float)_model.ToProbability(logit));
        return new StageGetters(getters, () => ReportTruncated(door.Truncated));
    }

    /// <summary>Explains the rows of a view by occlusion, a block of them at a time.</summary>
    /// <param name="data">Has the tokens' column; nothing else of it is computed.</param>
    /// <param name="width">See <see cref="Occlusion"/>.</param>
    /// <param name="stride">See <see cref="Occlusion"/>.</param>
    /// <param name="points">For each row the index of the value that is explained; null for the one with the highest probability.</param>
    /// <param name="progress">Told how many rows are explained, after every block.</param>
    /// <param name="cancellation">Asked between calls to the backbone.</param>
    public IReadOnlyList<IReadOnlyList<ValueContribution>> Explain(IDataView data, int width, int stride, IReadOnlyList<int>? points, IProgress<int>? progress, CancellationToken cancellation)
    {
        var occlusion = new Occlusion(_scorer, width, stride);
        if (points is not null && !_model.LabelsPoints)
            throw new ArgumentException("The model labels whole series, so there is no value to choose; leave the points out.", nameof(points));
        var column = Find(data.Schema);
        var door = OpenDoor();
        var explained = new List<IReadOnlyList<ValueContribution>>();
        var block = new List<ExplainedRow>();
        void ExplainBlock()
        {
            var contributions = occlusion.Explain(block.ConvertAll(row => row.Tokens), block.ConvertAll(row => row.Point), cancellation);
            explained.AddRange(contributions.Zip(block, (values, row) => row.Skipped == 0 ? values : Shift(values, row.Skipped)));
            block.Clear();
            progress?.Report(explained.Count);
        }
        using var cursor = data.GetRowCursor([column]);
        var reader = new VectorReader<uint>(cursor, column);
        while (cursor.MoveNext())
        {
            var whole = reader.Read();
            var tokens = door.Enter(whole, cursor.Position);
            int skipped = whole.Length - tokens.Length;
            block.Add(new ExplainedRow(tokens.ToArray(), PointOf(points, explained.Count + block.Count, skipped, whole.Length) - skipped, skipped));
            if (block.Count == ExplainedBlockRows)
                ExplainBlock();
        }
        if (block.Count > 0)
            ExplainBlock();
        if (points is not null && points.Count > explained.Count)
            throw new ArgumentException($"There are {points.Count} points for {explained.Count} rows; expected one a row.", nameof(points));
        ReportTruncated(door.Truncated);
        return explained;
    }

    /// <inheritdoc cref="SoftPromptAnomalyTransformer.CheckWindow"/>
    public void CheckWindow(int size)
    {
        if (_model.Summary.TruncatesLongSeries)
            return;
        uint longest = Enumerable.Range(1, _model.BinCount).Select(token => (uint)token).MaxBy(token => _table.CountPositions([token]));
        var window = new uint[size];
        Array.Fill(window, longest);
        _table.CheckFits(window, _model.PromptLength, _model.Learned.LabelKind);
    }

    private SeriesDoor OpenDoor() => new(_table, _model.PromptLength, _model.Learned.LabelKind, _model.Summary.TruncatesLongSeries, _featureColumnName);

    private static int? PointOf(IReadOnlyList<int>? points, int row, int first, int length)
    {
        if (points is null)
            return null;
        if (row >= points.Count)
            throw new ArgumentException($"There are {points.Count} points, and none for row {row} (from 0); expected one a row.", nameof(points));
        int point = points[row];
        return point >= first && point < length ? point
            : throw new ArgumentOutOfRangeException(nameof(points), point, $"The point of row {row} (from 0) is {point}, and the model scores the row's values {first} to {length - 1}; expected one of these indices.");
    }

    private static ValueContribution[] Shift(IReadOnlyList<ValueContribution> values, int skipped) =>
        values.Select(value => value with { Step = value.Step + skipped, Point = value.Point + skipped }).ToArray();

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

    /// <summary>A row that waits for its block, without the first values that the backbone has no room for.</summary>
    private readonly record struct ExplainedRow(ReadOnlyMemory<uint> Tokens, int? Point, int Skipped);
}
