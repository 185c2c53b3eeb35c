using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.SoftPrompt.DataViews;

namespace Microsoft.ML.SoftPrompt.Balancing;

/// <summary>Goes through the rows that train and validate, keeping what synthetic rows copy, and then through the synthetic rows.</summary>
internal sealed class BalancedCursor : SourceCursor
{
    private readonly StageSchema _schema;
    private readonly BalancingPlan _plan;
    private readonly DataViewSchema.Column _series;
    private readonly HashSet<int> _active;
    private readonly bool[] _trains;
    private readonly bool[] _validates;
    private readonly ColumnBuffer?[] _copied;
    private readonly ColumnBuffer<DataViewRowId> _ids;
    private int _row = -1;
    private int _kept;
    private int _synthetic = -1;

    public BalancedCursor(StageSchema schema, BalancingPlan plan, DataViewSchema.Column series, DataViewRowCursor source, DataViewSchema.Column[] active)
        : base(source)
    {
        _schema = schema;
        _plan = plan;
        _series = series;
        _active = active.Select(column => column.Index).ToHashSet();
        (_trains, _validates) = (Mark(plan.Split.Train), Mark(plan.Split.Validation));
        _copied = schema.Input.Select(column => source.IsColumnActive(column) && column.Index != series.Index ? ColumnBuffer.Create(source, column, plan.BaseRows.Length) : null).ToArray();
        _ids = new ColumnBuffer<DataViewRowId>(source.GetIdGetter(), plan.BaseRows.Length);
    }

    public override DataViewSchema Schema => _schema.Output;

    public override long Batch => 0;

    private bool IsSynthetic => _synthetic >= 0;

    /// <summary>Among the rows kept, the one that the current synthetic row starts from.</summary>
    private int Base => _plan.Synthetic!.BaseOf(_synthetic);

    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        var original = Source.GetIdGetter();
        return (ref DataViewRowId id) =>
        {
            if (IsSynthetic)
                id = _ids.Values[Base].Combine(new DataViewRowId((ulong)_synthetic, 1));
            else
                original(ref id);
        };
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw SchemaErrors.NotActive(column);
        Delegate getter = _schema.IsAdded(column) ? MarkGetter(column.Name)
            : column.Index != _series.Index ? CopyGetter<TValue>(column)
            : SeriesValues.IsSingle(_series) ? SeriesGetter<float>() : SeriesGetter<double>();
        return SchemaErrors.Cast<TValue>(getter, column);
    }

    protected override bool MoveToNext() => !IsSynthetic && MoveToOriginal() || ++_synthetic < _plan.SyntheticCount;

    private bool MoveToOriginal()
    {
        while (Source.MoveNext())
        {
            _row++;
            if (_row >= _plan.Rows)
                throw Changed();
            if (_kept < _plan.BaseRows.Length && _plan.BaseRows[_kept] == _row)
                Keep();
            if (_trains[_row] || _validates[_row])
                return true;
        }
        return _row == _plan.Rows - 1 ? false : throw Changed();
    }

    private void Keep()
    {
        _ids.Read(_kept);
        foreach (var column in _copied)
            column?.Read(_kept);
        _kept++;
    }

    private ValueGetter<bool> MarkGetter(string name) => name == BalancingColumns.IsSynthetic
        ? (ref bool value) => value = IsSynthetic
        : (ref bool value) => value = !IsSynthetic && _validates[_row];

    private ValueGetter<TValue> CopyGetter<TValue>(DataViewSchema.Column column)
    {
        var original = Source.GetGetter<TValue>(_schema.Input[column.Index]);
        var copied = (ColumnBuffer<TValue>)_copied[column.Index]!;
        return (ref TValue value) =>
        {
            if (IsSynthetic)
                copied.CopyTo(Base, ref value);
            else
                original(ref value);
        };
    }

    private ValueGetter<VBuffer<TItem>> SeriesGetter<TItem>()
        where TItem : INumberBase<TItem>
    {
        var original = Source.GetGetter<VBuffer<TItem>>(_series);
        return (ref VBuffer<TItem> value) =>
        {
            if (!IsSynthetic)
            {
                original(ref value);
                return;
            }
            double[] made = _plan.Synthetic!.Make(_synthetic);
            var editor = VBufferEditor.Create(ref value, made.Length);
            for (int i = 0; i < made.Length; i++)
                editor.Values[i] = TItem.CreateChecked(made[i]);
            value = editor.Commit();
        };
    }

    private bool[] Mark(IEnumerable<int> rows)
    {
        var marked = new bool[_plan.Rows];
        foreach (int row in rows)
            marked[row] = true;
        return marked;
    }

    private InvalidOperationException Changed() =>
        new($"The data had {_plan.Rows} rows when they were balanced and have another number now. Balance data that stays the same from one pass to the next, e.g. after Data.Cache.");
}
