using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Windowing;

/// <summary>Goes through the readings and stops wherever a window is complete; then gives the last windows of the groups, if asked for.</summary>
internal sealed class WindowCursor : DataViewRowCursor
{
    private readonly WindowedView _view;
    private readonly DataViewRowCursor _readings;
    private readonly HashSet<string> _active;
    private readonly ValueGetter<float> _value;
    private readonly GroupColumn? _group;
    private readonly LabelColumn? _label;
    private readonly GroupIndex _groups = new();
    private readonly List<RecentReadings> _recent = [];
    private readonly List<float> _labels = [];
    private bool _readingsLeft = true;
    private int _current = -1;
    private int _length;
    private long _position = -1;

    public WindowCursor(WindowedView view, DataViewRowCursor readings, HashSet<string> active)
    {
        _view = view;
        _readings = readings;
        _active = active;
        _value = readings.GetGetter<float>(view.Columns.Value);
        if (view.Columns.Group is { } group)
            _group = GroupColumn.Open(readings, group);
        if (view.Columns.Label is { } label)
            _label = new LabelColumn(readings, label);
    }

    public override DataViewSchema Schema => _view.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    private RecentReadings Recent => _recent[_current];

    public override bool MoveNext()
    {
        if (!(_readingsLeft && MoveToFullWindow()) && !MoveToLastWindow())
            return false;
        _position++;
        return true;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Name);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' was not among the columns asked for when this cursor was made.");
        return CreateGetter(column) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' is {column.Type}, whose values are {column.Type.RawType}, not {typeof(TValue)}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _readings.Dispose();
        base.Dispose(disposing);
    }

    private bool MoveToFullWindow()
    {
        while (_readings.MoveNext())
        {
            int index = _groups.GetOrAdd(_group is null ? "" : _group.Read(), out bool added);
            if (added)
            {
                _group?.Keep();
                _recent.Add(new RecentReadings(_view.LongestWindow));
            }
            float value = 0, label = 0;
            _value(ref value);
            if (_label is not null)
            {
                _labels.Clear();
                _label.Read(_labels);
                label = _labels[0];
            }
            _recent[index].Add(value, label);
            if (_view.Plan.EndsHere(_recent[index].Count))
            {
                _current = index;
                _length = _view.Plan.Window;
                return true;
            }
        }
        _readingsLeft = false;
        _current = -1;
        return false;
    }

    private bool MoveToLastWindow()
    {
        while (++_current < _recent.Count)
        {
            _length = _view.Plan.Last(Recent.Count)?.Length ?? 0;
            if (_length > 0)
                return true;
        }
        return false;
    }

    private Delegate CreateGetter(DataViewSchema.Column column)
    {
        var columns = _view.Columns;
        if (column.Name == columns.OutputName)
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(Recent.Values, ref value, v => v));
        if (column.Name == WindowStart.ColumnName)
            return (ValueGetter<long>)((ref long value) => value = Recent.Count - _length);
        if (column.Name == columns.Group?.Name)
            return _group!.GetGetter(() => _current);
        return (LabelColumn.IsBoolean(column.Type), columns.PointLabels) switch
        {
            (true, true) => (ValueGetter<VBuffer<bool>>)((ref VBuffer<bool> value) => Copy(Recent.Labels, ref value, v => v > 0)),
            (false, true) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(Recent.Labels, ref value, v => v)),
            (true, false) => (ValueGetter<bool>)((ref bool value) => value = AnyLabel()),
            (false, false) => (ValueGetter<float>)((ref float value) => value = AnyLabel() ? 1 : 0),
        };
    }

    private bool AnyLabel()
    {
        for (int i = 0; i < _length; i++)
            if (Recent.At(Recent.Labels, _length, i) > 0)
                return true;
        return false;
    }

    private void Copy<TItem>(float[] ring, ref VBuffer<TItem> destination, Func<float, TItem> convert)
    {
        var editor = VBufferEditor.Create(ref destination, _length);
        for (int i = 0; i < _length; i++)
            editor.Values[i] = convert(Recent.At(ring, _length, i));
        destination = editor.Commit();
    }

    /// <summary>The last window of readings of a group, in rings.</summary>
    private sealed class RecentReadings(int capacity)
    {
        public float[] Values { get; } = new float[capacity];

        public float[] Labels { get; } = new float[capacity];

        public long Count { get; private set; }

        public void Add(float value, float label)
        {
            int slot = (int)(Count % Values.Length);
            Values[slot] = value;
            Labels[slot] = label;
            Count++;
        }

        /// <summary>Element i of the last <paramref name="length"/> readings, oldest first.</summary>
        public float At(float[] ring, int length, int i) => ring[(int)((Count - length + i) % ring.Length)];
    }
}
