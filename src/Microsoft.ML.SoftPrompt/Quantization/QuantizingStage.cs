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
    private readonly BinSettings _settings;
    private readonly Quantizer _allMissing; // a series without a value has no range and needs none

    public QuantizingStage(IHostEnvironment environment, QuantizingModel model)
    {
        _environment = environment;
        _model = model;
        _settings = model.Bins;
        _allMissing = new Quantizer(new UniformBins(0, 0, model.BinCount), model.OutsideValues);
        Whole = model.Ranges.Whole is { } range ? model.CreateQuantizer(range) : null;
        Groups = model.Ranges.Groups.ToDictionary(pair => pair.Key, pair => model.CreateQuantizer(pair.Value));
    }

    /// <summary>Of the whole; null where every series is scaled by itself.</summary>
    public Quantizer? Whole { get; }

    public Dictionary<string, Quantizer> Groups { get; }

    public int ReadAheadRows => 1;

    private string WhatBecameOfOutside => _model.OutsideValues switch
    {
        OutsideValues.EndBins => "went to the first or the last bin",
        OutsideValues.OwnBins => "went to the bin below the range or the one above it",
        _ => "became missing",
    };

    public int[] GetInputColumns(DataViewSchema input) => Columns(input).All.Select(column => column.Index).ToArray();

    public DataViewSchema.DetachedColumn[] GetOutputColumns(DataViewSchema input)
    {
        var token = new KeyDataViewType(typeof(uint), _model.TokenCount);
        return [new(_model.OutputColumnName, new VectorDataViewType(token, Columns(input).SeriesLength), ColumnAnnotations.Numerals(_model.TokenCount))];
    }

    public StageGetters Open(DataViewRow input)
    {
        var columns = Columns(input.Schema);
        var series = new VectorReader<float>(input, columns.Series);
        var group = columns.Group is { } groupColumn ? GroupColumn.Open(input, groupColumn) : null;
        var groups = Groups.GetAlternateLookup<ReadOnlySpan<char>>();
        var sample = new ValueSample(_settings.NeedsValues);
        long values = 0, outside = 0, rows = 0, unseen = 0, counted = -1;
        ValueGetter<VBuffer<uint>> getter = (ref VBuffer<uint> tokens) =>
        {
            var row = series.Read();
            FiniteValues.Check(row, _model.InputColumnName, input.Position);
            Quantizer? quantizer = null;
            bool seen = group is null || groups.TryGetValue(group.Read(), out quantizer);
            quantizer ??= Whole ?? FitTo(row, sample);
            var editor = VBufferEditor.Create(ref tokens, row.Length);
            int rowOutside = quantizer.Quantize(row, editor.Values);
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

    /// <summary>The quantizer of a series that is scaled by itself.</summary>
    private Quantizer FitTo(ReadOnlySpan<float> series, ValueSample sample)
    {
        sample.Clear();
        sample.Add(series);
        return sample.IsEmpty ? _allMissing : _model.CreateQuantizer(_settings.Fit(sample));
    }

    private QuantizingColumns Columns(DataViewSchema schema) => new(schema, _model.InputColumnName, _model.GroupColumnName);

    private void Report(long values, long outside, long rows, long unseen)
    {
        if (outside == 0 && unseen == 0)
            return;
        using var channel = _environment.Start(nameof(QuantizingTransformer));
        if (outside > 0)
            channel.Warn($"{outside:N0} of {values:N0} values of series column '{_model.InputColumnName}' lie outside {(_model.ScaleEachSeries ? "the range of their own series" : "the fitted range")} and {WhatBecameOfOutside}.");
        if (unseen > 0)
            channel.Warn($"{unseen:N0} of {rows:N0} rows belong to a group in column '{_model.GroupColumnName}' without a value in the fitted data, and took the range of the whole.");
    }
}
