using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt;

/// <summary>Quantizes a row's series.</summary>
internal sealed class QuantizingStage : IRowStage
{
    private readonly IHostEnvironment _environment;
    private readonly QuantizingModel _model;
    private readonly Quantizer _whole;
    private readonly Dictionary<string, Quantizer> _groups;

    public QuantizingStage(IHostEnvironment environment, QuantizingModel model)
    {
        _environment = environment;
        _model = model;
        _whole = new Quantizer(model.Ranges.Whole, model.BinCount);
        _groups = model.Ranges.Groups.ToDictionary(pair => pair.Key, pair => new Quantizer(pair.Value, model.BinCount));
    }

    public int ReadAheadRows => 1;

    public int[] GetInputColumns(DataViewSchema input) => Columns(input).All.Select(column => column.Index).ToArray();

    public DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input)
    {
        var token = new KeyDataViewType(typeof(uint), _model.BinCount);
        return [new(_model.OutputColumnName, new VectorDataViewType(token, Columns(input).SeriesLength))];
    }

    public StageGetters Open(DataViewRow input)
    {
        var columns = Columns(input.Schema);
        var series = new VectorReader<float>(input, columns.Series);
        var group = columns.Group is { } groupColumn ? GroupColumn.Open(input, groupColumn) : null;
        var groups = _groups.GetAlternateLookup<ReadOnlySpan<char>>();
        long values = 0, outside = 0, rows = 0, unseen = 0, counted = -1;
        ValueGetter<VBuffer<uint>> getter = (ref VBuffer<uint> tokens) =>
        {
            var row = series.Read();
            FiniteValues.Check(row, _model.InputColumnName, input.Position);
            Quantizer? quantizer = null;
            bool seen = group is null || groups.TryGetValue(group.Read(), out quantizer);
            var editor = VBufferEditor.Create(ref tokens, row.Length);
            int rowOutside = (quantizer ?? _whole).Quantize(row, editor.Values);
            tokens = editor.Commit();
            if (input.Position == counted)
                return;
            counted = input.Position;
            rows++;
            values += row.Length;
            outside += rowOutside;
            unseen += seen ? 0 : 1;
        };
        return new StageGetters([getter], () => Report(values, outside, rows, unseen));
    }

    private QuantizingColumns Columns(DataViewSchema schema) => new(schema, _model.InputColumnName, _model.GroupColumnName);

    private void Report(long values, long outside, long rows, long unseen)
    {
        if (outside == 0 && unseen == 0)
            return;
        using var channel = _environment.Start(nameof(QuantizingTransformer));
        if (outside > 0)
            channel.Warn($"{outside:N0} of {values:N0} values of series column '{_model.InputColumnName}' lie outside the fitted range and went to the first or the last bin.");
        if (unseen > 0)
            channel.Warn($"{unseen:N0} of {rows:N0} rows belong to a group in column '{_model.GroupColumnName}' that the fitted data did not have, and took the range of the whole.");
    }
}
