using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;
using Microsoft.ML.SoftPrompt.Series;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>Goes through the readings and stops wherever a window is complete; then gives the last windows of the groups, if asked for.</summary>
internal sealed class WindowCursor : SourceCursor
{
    private readonly WindowedView _view;
    private readonly HashSet<string> _active;
    private readonly GroupColumn? _group;
    private readonly WindowScan _scan;
    private readonly RecentReadings<float>? _values;
    private readonly RecentReadings<bool>? _labels;
    private readonly RecentReadings? _times;
    private readonly RecentReadings[] _recent;
    private bool _readingsLeft = true;

    public WindowCursor(WindowedView view, DataViewRowCursor readings, HashSet<string> active)
        : base(readings)
    {
        _view = view;
        _active = active;
        var columns = view.Columns;
        _group = columns.Group is { } group ? GroupColumn.Open(readings, group) : null;
        _scan = new WindowScan(view.Plan, _group);
        if (active.Contains(columns.OutputName))
            _values = new RecentReadings<float>(readings.GetGetter<float>(columns.Value), view.LongestWindow);
        if (active.Contains(columns.OutputLabelName) && columns.Label is { } label)
            _labels = new RecentReadings<bool>(GetLabelGetter(label), view.LongestWindow);
        if (active.Contains(ReadingColumns.StartTimeName) && columns.Order is { } order)
            _times = RecentReadings.Open(readings, order, view.LongestWindow);
        _recent = new[] { _values, _labels, _times }.OfType<RecentReadings>().ToArray();
    }

    public override DataViewSchema Schema => _view.Schema;

    public override long Batch => 0;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Name);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw SchemaErrors.NotActive(column);
        return SchemaErrors.Cast<TValue>(CreateGetter(column), column);
    }

    protected override bool MoveToNext() => MoveToFullWindow() || _scan.TakeNextEnd();

    private bool MoveToFullWindow()
    {
        while (_readingsLeft && (_readingsLeft = Source.MoveNext()))
        {
            bool endsWindow = _scan.TakeReading();
            foreach (var recent in _recent)
                recent.Keep(_scan.Group, _scan.Reading);
            if (endsWindow)
                return true;
        }
        return false;
    }

    private Delegate CreateGetter(DataViewSchema.Column column)
    {
        if (column.Name == _view.Columns.OutputName)
            return GetVectorGetter(_values!);
        if (column.Name == WindowStart.ColumnName)
            return (ValueGetter<long>)((ref long value) => value = _scan.Window.Start);
        if (column.Name == _view.Columns.Group?.Name)
            return _group!.GetGetter(() => _scan.Group);
        if (column.Name == _view.Columns.OutputLabelName && _labels is not null)
            return GetLabelsGetter(column.Type);
        return _times!.GetFirstGetter(_scan);
    }

    private Delegate GetLabelsGetter(DataViewType type)
    {
        var points = GetVectorGetter(_labels!);
        VBuffer<bool> labels = default;
        bool IsAnomalous()
        {
            points(ref labels);
            return _view.Labeling.IsAnomalous(labels.GetValues());
        }
        return (LabelColumn.IsBoolean(type), _view.Columns.PointLabels) switch
        {
            (true, true) => points,
            (true, false) => (ValueGetter<bool>)((ref bool value) => value = IsAnomalous()),
            (false, false) => (ValueGetter<float>)((ref float value) => value = IsAnomalous() ? 1 : 0),
            (false, true) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                points(ref labels);
                var editor = VBufferEditor.Create(ref value, labels.Length);
                for (int i = 0; i < labels.Length; i++)
                    editor.Values[i] = labels.GetValues()[i] ? 1 : 0;
                value = editor.Commit();
            }),
        };
    }

    private ValueGetter<VBuffer<TValue>> GetVectorGetter<TValue>(RecentReadings<TValue> recent) => (ref VBuffer<TValue> value) =>
    {
        var window = _scan.Window;
        var editor = VBufferEditor.Create(ref value, window.Length);
        recent.CopyTo(_scan.Group, window, editor.Values);
        value = editor.Commit();
    };

    /// <summary>A reading's label; that Single labels are 0 or 1 has been checked.</summary>
    private ValueGetter<bool> GetLabelGetter(DataViewSchema.Column column)
    {
        if (LabelColumn.IsBoolean(column.Type))
            return Source.GetGetter<bool>(column);
        var getter = Source.GetGetter<float>(column);
        float label = 0;
        return (ref bool value) =>
        {
            getter(ref label);
            value = label > 0;
        };
    }
}
